"""The cash drawer that hangs at a receipt printer: one short pulse, on its own, never part of a paper."""

from __future__ import annotations

from typing import Final, Literal, Protocol, TypeAlias, runtime_checkable

Pin: TypeAlias = Literal["none", "pin2", "pin5"]
"""At which contact of the printer's drawer socket the drawer hangs."""

# ESC p m t1 t2: contact, then 50 ms on and 500 ms off, in steps of 2 ms. Within what every lock is made for.
_PULSES: Final[dict[Pin, bytes]] = {"pin2": b"\x1bp\x00\x19\xfa", "pin5": b"\x1bp\x01\x19\xfa"}

PATIENCE: Final = 4.0
"""After how many seconds a drawer that has not opened is not opened any more: it would surprise somebody."""


@runtime_checkable
class HasDrawer(Protocol):
    """A printer at which a drawer can hang."""

    async def open_drawer(self) -> bool:
        """Open the drawer, once; whether there is one. Nothing is printed.

        Raises DeviceProblem when it was not opened. A printer that can not print now is not sent the pulse:
        it would keep it until somebody closes its cover.
        """
        ...


def pulse(pin: Pin) -> bytes:
    """The bytes that open the drawer at `pin`; none where there is no drawer."""
    return _PULSES.get(pin, b"")
