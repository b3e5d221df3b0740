"""Attention: what waits for a person, the verdicts, what is set aside."""

from __future__ import annotations

from functools import partial

from pos_app.i18n import _
from tests.cashier import Cashier

from .stage import Stage
from .states import Play, state

_VERDICTS = ("number", "codes", "not_bought", "money", "wait")


async def to_attention(stage: Stage, status: str = "", shop: str = "office") -> Cashier:
    """A manager at what waits, with the first order of `status` chosen."""
    cashier = await stage.at(shop)
    if shop == "office":
        # Going there puts it away.
        await cashier.until(lambda: cashier.sees("banner"), "what was cut off")
    cashier.press("F4")
    await cashier.until(lambda: cashier.sees("attention_none") or cashier.sees("attention_card"), "attention")
    stage.wait()
    if status:
        register = await stage.shop(shop)
        waiting = await register.settling.waiting()
        name = {one.status.value: f"wait_{one.order.id}" for one in reversed(waiting)}[status]
        await cashier.until(lambda: cashier.sees(name), "the order")
        cashier.click(name)
        await cashier.until(lambda: cashier.sees("step_0"), "its story")
        stage.wait()
    return cashier


@state("Attention")
async def none(stage: Stage) -> None:
    """Nothing waits."""
    cashier = await to_attention(stage, shop="fresh")
    await cashier.until(lambda: cashier.sees("attention_none_title"), "that nothing waits")


@state("Attention")
async def not_confirmed(stage: Stage) -> None:
    """Not confirmed."""
    await to_attention(stage, "not_confirmed")


@state("Attention")
async def to_do(stage: Stage) -> None:
    """Paid and not bought yet."""
    await to_attention(stage, "to_do")


@state("Attention")
async def pending(stage: Stage) -> None:
    """Codes are still to come."""
    await to_attention(stage, "codes_pending")


@state("Attention")
async def owed(stage: Stage) -> None:
    """Money is owed back."""
    await to_attention(stage, "refused")


async def _verdict(verdict: str, stage: Stage) -> None:
    cashier = await to_attention(stage, "not_confirmed")
    button = f"verdict_{verdict}"
    await cashier.see_enabled(button)
    cashier.click(button)
    await cashier.until(lambda: cashier.sees("sheet"), "the verdict's sheet")
    stage.wait()


def _named(verdict: str, words: str) -> Play:
    play = partial(_verdict, verdict)
    play.__name__ = f"verdict_{verdict}"  # pyright: ignore[reportAttributeAccessIssue]  what a table calls it
    play.__doc__ = words
    return play


for _one in _VERDICTS:
    state("Attention")(_named(_one, f"A verdict: {_one.replace('_', ' ')}."))


@state("Attention")
async def verdict_wrong(stage: Stage) -> None:
    """A verdict, with what is missing."""
    await _verdict("not_bought", stage)
    cashier = stage.cashier()
    cashier.click("sheet_decide")
    await cashier.until(lambda: cashier.reads(_("Write down where you looked.")), "what is missing")


@state("Attention")
async def set_aside(stage: Stage) -> None:
    """Cards that are set aside."""
    cashier = await to_attention(stage)
    await cashier.until(lambda: cashier.sees("attention_aside"), "that something is set aside")
    cashier.click("attention_aside")


@state("Attention")
async def claim(stage: Stage) -> None:
    """A card that was set aside is claimed back."""
    await set_aside(stage)
    cashier = stage.cashier()
    stage.wait()
    cashier.click("aside_claim_0")
    await cashier.until(lambda: cashier.sees("sheet"), "the sheet")


@state("Attention")
async def keys(stage: Stage) -> None:
    """Its keys (F1)."""
    cashier = await to_attention(stage)
    cashier.press("F1")
