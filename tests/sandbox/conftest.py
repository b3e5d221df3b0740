"""One server for all tests of this folder; each test begins with a fresh ledger."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.sandbox_process import SandboxProcess

JSON = {"Accept": "application/json"}


@pytest.fixture(scope="session")
def server() -> Iterator[SandboxProcess]:
    with SandboxProcess() as process:
        yield process


@pytest.fixture
def sandbox(server: SandboxProcess) -> SandboxProcess:
    server.admin.reset()
    return server


@pytest.fixture(scope="session")
def cpp_client(server: SandboxProcess) -> Iterator[httpx.Client]:
    headers = {**JSON, "X-API-Key": server.ready["api_key"]}
    with httpx.Client(
        base_url=server.ready["cardpluspay"], headers=headers, timeout=60, trust_env=False
    ) as client:
        yield client


@pytest.fixture(scope="session")
def levelup_client(server: SandboxProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.ready["levelup"], headers=JSON, timeout=60, trust_env=False) as client:
        yield client


@pytest.fixture
def cpp(sandbox: SandboxProcess, cpp_client: httpx.Client) -> httpx.Client:
    """A client of CardPlusPay with the right key, and a fresh ledger behind it."""
    return cpp_client


@pytest.fixture
def levelup(sandbox: SandboxProcess, levelup_client: httpx.Client) -> httpx.Client:
    """A client of LevelUp without a token, and a fresh ledger behind it."""
    return levelup_client


@pytest.fixture
def acme(cpp: httpx.Client) -> dict[str, Any]:
    """Acme Games 10 USD: costs 9.60, has no PIN, and there are plenty."""
    products = cpp.get("/catalog", params={"brand": "Acme Games", "currency": "USD"}).json()["data"][
        "products"
    ]
    return next(product for product in products if product["value"] == "10.00")


@pytest.fixture
def user(sandbox: SandboxProcess) -> dict[str, str]:
    """The header of a paying user."""
    return {"Authorization": f'token user="{sandbox.ready["user_token"]}"'}
