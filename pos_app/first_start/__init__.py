"""The first start of a shop: six pages, each kept as soon as it is right, until real cards can be sold.

No Qt and no terminal here: the window and `countercard setup` ask the same questions through `FirstStart`.
What was typed wrongly comes back as `Problem`s, for words beside the field (`messages.problem`); what went
wrong outside is raised as a `PosError`, for words across the page (`messages.explain`).
"""

from pos_app.first_start.pages import (
    PaperEntries,
    Progress,
    SecretField,
    SettingField,
    Sheet,
    ShopEntries,
    Supplier,
    SupplierTest,
)
from pos_app.first_start.setting_up import FirstStart, first_start_needed, open_first_start

__all__ = [
    "FirstStart",
    "PaperEntries",
    "Progress",
    "SecretField",
    "SettingField",
    "Sheet",
    "ShopEntries",
    "Supplier",
    "SupplierTest",
    "first_start_needed",
    "open_first_start",
]
