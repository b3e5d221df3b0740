"""Another company after the first start: tried while the till sells, there when it opens next."""

from __future__ import annotations

import asyncio

import pytest

from pos_app.errors import Misconfigured, NotAllowed
from pos_app.first_start import FirstStart
from pos_app.first_start.later import Suppliers
from pos_app.opening import open_till
from pos_app.register import Register
from pos_app.settings import FILE_NAME, load

from .conftest import SECONDS, Kiosk


def _suppliers(kiosk: Kiosk, register: Register) -> Suppliers:
    preferences = register.preferences
    return Suppliers(kiosk.options, lambda: preferences.settings, preferences.keep_company)


def test_a_second_company_is_tried_kept_and_there_when_the_till_opens_next(
    kiosk: Kiosk, caplog: pytest.LogCaptureFixture
) -> None:
    tokens = {"user_token": kiosk.ready["user_token"], "merchant_token": kiosk.ready["merchant_token"]}

    async def scene() -> None:
        register = await open_till(kiosk.options)
        try:
            later = _suppliers(kiosk, register)
            assert [one.kept for one in await later.suppliers()] == [True, False]
            address = kiosk.address("levelup")
            missing = await later.keep_supplier("levelup", address, {"user_token": "TEST"})
            assert [(one.field, one.reason) for one in missing.problems] == [("secret", "missing")]
            with pytest.raises(Misconfigured) as caught:
                await later.keep_supplier("levelup", address, dict.fromkeys(tokens, "TESTwrong"))
            assert caught.value.reason == "key_refused"
            assert [one.kept for one in await later.suppliers()] == [True, False]
            assert "levelup" not in load(kiosk.folder / FILE_NAME).providers
            test = await later.keep_supplier("levelup", address, tokens)
            assert test.passed
            assert test.merchants
            assert [one.kept for one in await later.suppliers()] == [True, True]
            # A key that is not typed is the one that is kept.
            assert (await later.keep_supplier("cardpluspay", kiosk.address("cardpluspay"), {})).passed
        finally:
            await register.close()
        register = await open_till(kiosk.options)
        try:
            assert {light.name for light in register.connections.lights()} >= {"cardpluspay", "levelup"}
        finally:
            await register.close()

    kiosk.play(kiosk.finish)
    text = (kiosk.folder / FILE_NAME).read_text()
    mark = "[providers.cardpluspay]\n"
    (kiosk.folder / FILE_NAME).write_text(text.replace(mark, f'{mark}another = "stays"\n'))
    with caplog.at_level("DEBUG", "pos_app"):
        asyncio.run(asyncio.wait_for(scene(), SECONDS))
    lines = [one.getMessage() for one in caplog.records if one.name == "pos_app.first_start.later"]
    assert lines == ["levelup: its keys were changed"]
    assert not any(one in caplog.text for one in tokens.values())
    kept = load(kiosk.folder / FILE_NAME).providers
    assert kept["levelup"] == kiosk.address("levelup")
    assert kept["cardpluspay"] == {**kiosk.address("cardpluspay"), "another": "stays"}
    for path in kiosk.folder.rglob("*"):
        assert not path.is_file() or not any(one.encode() in path.read_bytes() for one in tokens.values())


def test_before_the_first_start_is_over_its_pages_ask_for_keys(kiosk: Kiosk) -> None:
    async def scene(start: FirstStart) -> None:
        await kiosk.to_page(start, 3)

        async def keep(_name: str, _chosen: object) -> None:
            raise AssertionError("kept")

        later = Suppliers(kiosk.options, start.settings, keep)
        with pytest.raises(NotAllowed) as caught:
            await later.keep_supplier("cardpluspay", kiosk.address("cardpluspay"), {"api_key": "TEST"})
        assert caught.value.reason == "not_set_up"

    kiosk.play(scene)
