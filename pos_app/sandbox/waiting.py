"""What will happen at a certain moment of the sandbox's clock, as it is written down until then."""

from dataclasses import dataclass, field
from typing import Any, Literal

Event = Literal["foreign_order", "portal_order", "top_up", "refund", "call"]
"""Another client's order, one made in the portal, money in, money back, or a call that was put off."""


@dataclass
class Waiting:
    """One event. `due` and `received` are Unix time on the sandbox's clock.

    `details` is what the event needs, as JSON can hold it. `outcome` is `waiting`, then `done`, or the reason
    why nothing came of it; `order_id` is the order it became, if it became one.
    """

    number: int
    event: Event
    due: float
    received: float
    details: dict[str, Any] = field(repr=False)
    outcome: str = "waiting"
    order_id: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Everything, as the state file keeps it."""
        return dict(vars(self))

    def shown(self) -> dict[str, Any]:
        """What the admin side tells of it: no header of the call, since one of them is the key."""
        told = {name: value for name, value in self.details.items() if name not in {"headers", "body"}}
        return {**vars(self), "details": told}
