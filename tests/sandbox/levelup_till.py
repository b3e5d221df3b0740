"""A till that speaks LevelUp's calls word by word, and looks into the stand-in's ledger afterwards."""

from collections.abc import Callable
from typing import Any

import httpx

from tests.sandbox import raw
from tests.sandbox_process import SandboxProcess

_ORDERS = "/v15/users/gift_card_value_orders"


class LevelUpTill:
    """One merchant's till at one location, with a card that nothing was loaded on yet."""

    def __init__(self, sandbox: SandboxProcess, http: httpx.Client) -> None:
        self.sandbox = sandbox
        self.http = http
        merchants = sandbox.admin.merchants()
        self.merchant: int = merchants[0]["id"]
        self.location: int = merchants[0]["locations"][0]["id"]
        self.other_merchant: int = merchants[1]["id"]
        self.other_location: int = merchants[1]["locations"][0]["id"]
        self.cards: list[dict[str, Any]] = self.ledger()["cards"]
        self.card: str = self.cards[0]["payment_token_data"]
        self.token = {"Authorization": f"token {sandbox.ready['merchant_token']}"}
        self.payer = {"Authorization": f'token user="{sandbox.ready["user_token"]}"'}

    # --- calls ------------------------------------------------------------

    def addition_path(self, merchant: int | None = None) -> str:
        return f"/v15/merchants/{merchant or self.merchant}/gift_card_value_additions"

    def removal_path(self, merchant: int | None = None) -> str:
        return f"/v15/merchants/{merchant or self.merchant}/gift_card_value_removals"

    def value_path(self, location: int | None = None) -> str:
        return f"/v15/locations/{location or self.location}/get_merchant_funded_gift_card_credit"

    def add(self, merchant: int | None = None, **more: object) -> httpx.Response:
        return self.http.post(self.addition_path(merchant), json=self._addition(**more), headers=self.token)

    def remove(self, merchant: int | None = None, **more: object) -> httpx.Response:
        said = {"gift_card_value_removal": {"payment_token_data": self.card, **more}}
        return self.http.post(self.removal_path(merchant), json=said, headers=self.token)

    def value(self, card: object = None, location: int | None = None) -> httpx.Response:
        said = {"get_merchant_funded_gift_card_credit": {"payment_token_data": card or self.card}}
        return self.http.post(self.value_path(location), json=said, headers=self.token)

    def validate(self, card: object = None) -> httpx.Response:
        said = {"qr_code_validation": {"payment_token_data": card or self.card}}
        return self.http.post("/v15/qr_code_validations", json=said, headers=self.token)

    def create(self, **more: object) -> httpx.Response:
        return self.http.post(_ORDERS, json=self._order(**more), headers=self.payer)

    def get(self, path: str, **query: str) -> httpx.Response:
        return self.http.get(path, params=query or None, headers=self.token)

    def give_up(self, call: str, when: Callable[[], bool]) -> None:
        """Make the call `levelup.create` or `levelup.add`, and hang up unanswered as soon as `when` holds."""
        path, said, headers = {
            "levelup.create": (_ORDERS, self._order(), self.payer),
            "levelup.add": (self.addition_path(), self._addition(), self.token),
        }[call]
        sent = raw.request("POST", "/levelup" + path, {**headers, "Accept": "application/json"}, said)
        raw.leave(self.sandbox.address, sent, when)

    def _addition(self, **more: object) -> dict[str, Any]:
        wish = {"payment_token_data": self.card, "value_amount": 2500, **more}
        return {"gift_card_value_addition": wish}

    def _order(self, **more: object) -> dict[str, Any]:
        wish = {"recipient_email": "friend@mail.example", "value_amount": 2500, **more}
        return {"gift_card_value_order": wish}

    # --- what came of it ------------------------------------------------------------

    def worth(self) -> int:
        """What the check of the value says, in cents."""
        answer = self.value()
        assert answer.status_code == 200
        return answer.json()["merchant_funded_gift_card_credit"]["total_amount"]

    def ledger(self) -> dict[str, Any]:
        """LevelUp's part of the ledger."""
        return self.sandbox.admin.ledger()["levelup"]

    def booked(self) -> dict[str, int]:
        """What the ledger says the card is worth, by merchant."""
        return self.ledger()["cards"][0]["amounts"]

    def movements(self) -> tuple[list[int], list[int]]:
        """The amounts that were put on cards and taken off them, in order."""
        ledger = self.ledger()
        added = [addition["value_amount"] for addition in ledger["additions"]]
        return added, [removal["value_amount"] for removal in ledger["removals"]]


def added(answer: httpx.Response) -> dict[str, Any]:
    """What an addition's answer says."""
    assert answer.status_code == 200
    return answer.json()["gift_card_value_addition"]


def removed(answer: httpx.Response) -> dict[str, Any]:
    """What a removal's answer says."""
    assert answer.status_code == 200
    return answer.json()["gift_card_value_removal"]


def no(answer: httpx.Response) -> list[tuple[str, str, str]]:
    """Object, property and message of every entry of a 422."""
    assert answer.status_code == 422
    assert answer.headers.get_list("Server") == ["LevelUp"]
    entries = [entry["error"] for entry in answer.json()]
    assert all(set(entry) == {"message", "object", "property"} for entry in entries)
    return [(entry["object"], entry["property"], entry["message"]) for entry in entries]


def bare(answer: httpx.Response) -> int:
    """The status of an answer that is LevelUp's own and has no body."""
    assert answer.content == b""
    assert answer.headers.get_list("Server") == ["LevelUp"]
    return answer.status_code
