"""Whether somebody's PIN holds, in the words that are said beside the field."""

from __future__ import annotations

from pos_app.i18n import _, ngettext
from ui.borders import Approvals


async def why_not(people: Approvals, name: str, pin: str) -> str:
    """Why the `pin` of `name` does not hold; empty when it does."""
    check = await people.verify(name, pin)
    if check.right:
        return ""
    if seconds := int(check.wait.total_seconds()):
        return ngettext("Wrong PIN. Wait {n} second.", "Wrong PIN. Wait {n} seconds.", seconds).format(
            n=seconds
        )
    return _("Wrong PIN.")
