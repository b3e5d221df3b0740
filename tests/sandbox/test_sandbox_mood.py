"""A mood: what goes wrong for as long as somebody holds the connection, and not a call longer."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.sandbox_process import SandboxProcess, eventually

REFUSES = {"call": "cardpluspay.create", "fault": "out_of_stock", "times": 1}
LATE = {"call": "cardpluspay.create", "fault": "late_codes", "never": True, "pins": True}


@pytest.fixture
def asking(sandbox: SandboxProcess) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(*sandbox.address, timeout=60)
    yield connection
    connection.close()


def hold(connection: http.client.HTTPConnection, *faults: dict[str, Any]) -> dict[str, Any]:
    connection.request("POST", "/admin/mood", json.dumps(faults).encode())
    reply = connection.getresponse()
    assert reply.status == 201
    return json.loads(reply.readline())


def end(sandbox: SandboxProcess, number: int) -> bool:
    with sandbox.client() as client:
        return client.delete(f"{sandbox.ready['admin']}/mood/{number}").json()["ended"]


def pending(sandbox: SandboxProcess) -> list[Any]:
    return sandbox.admin.faults()["pending"]


def test_it_is_over_with_the_connection(
    sandbox: SandboxProcess, asking: http.client.HTTPConnection, cpp: httpx.Client, acme: dict[str, Any]
) -> None:
    sandbox.admin.fault("slow", "cardpluspay.balance", delay_ms=1)
    hold(asking, LATE, REFUSES)
    assert len(pending(sandbox)) == 3
    number = cpp.post("/orders", json={"item_code": acme["item_code"]}).json()["data"]["order_id"]
    assert sandbox.admin.card_orders()[-1]["codes_shown"] == 0
    # Nobody says so: the program that held it was killed.
    asking.close()
    eventually(lambda: sandbox.admin.card_orders()[-1]["codes_shown"] == 1)
    assert [fault["fault"] for fault in pending(sandbox)] == ["slow"]
    assert len(cpp.get(f"/orders/{number}").json()["data"]["codes"]) == 1


def test_it_is_ended_by_its_number_and_by_the_next_one(
    sandbox: SandboxProcess, asking: http.client.HTTPConnection
) -> None:
    first = hold(asking, REFUSES)["mood"]
    other = http.client.HTTPConnection(*sandbox.address, timeout=60)
    second = hold(other, {**REFUSES, "fault": "invalid_item"})["mood"]
    assert [fault["fault"] for fault in pending(sandbox)] == ["invalid_item"]
    assert not end(sandbox, first)
    assert len(pending(sandbox)) == 1
    assert end(sandbox, second)
    assert not end(sandbox, second)
    assert not pending(sandbox)
    other.close()


@pytest.mark.parametrize("body", [b"{", b'[{"call": "cardpluspay.create", "fault": "no such"}]'])
def test_what_is_no_fault_changes_nothing(
    sandbox: SandboxProcess, asking: http.client.HTTPConnection, body: bytes
) -> None:
    held = hold(asking, REFUSES)["mood"]
    with sandbox.client() as client:
        reply = client.post(f"{sandbox.ready['admin']}/mood", content=body)
    assert reply.status_code == 422
    assert "known" in reply.json()
    assert len(pending(sandbox)) == 1
    assert end(sandbox, held)
