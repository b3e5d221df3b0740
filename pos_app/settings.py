"""What the shop has chosen, in one file of the store; keys and codes are never among it."""

from __future__ import annotations

import errno
import os
import re
import tempfile
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from pos_app.errors import Misconfigured, StoreProblem
from pos_app.limits import WrongLimit, checked
from pos_app.money import Money

FILE_NAME: Final = "settings.toml"
"""What the file is called in a store's folder."""

FEWEST_COLUMNS: Final = 30
MOST_COLUMNS: Final = 48
"""Characters on a line of paper."""

_IN_LINE: Final = re.compile(r"\bline ([0-9]+)")
_NARROW: Final = 35
"""The most characters on a line of 58 mm paper."""


# Names nobody knows here, a newer program's or mistyped ones, have no effect and are kept: see `unknown`.
_AS_WRITTEN: Final = ConfigDict(frozen=True, extra="allow")


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("unknown time zone") from None
    return name


class Shop(BaseModel):
    """Who sells: what stands at the head and foot of every paper."""

    model_config = _AS_WRITTEN

    name: str = "Your Shop"
    address: str = ""
    phone: str = ""
    region: Literal["", "US-NY", "US-NJ", "US-MD", "elsewhere"] = Field(
        default="", description="Whose rules about warning customers apply; empty: as the address tells"
    )
    zone: Annotated[str, AfterValidator(_known_zone)] = Field(
        default="America/New_York", description="IANA time zone of the shop"
    )
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USD"
    smallest_coin: str = Field(
        default="",
        description="What cash is rounded to, in major units; 0: nothing; empty: as its coins are",
    )
    terms: str = Field(
        default="", description="What the receipt says about returns; empty: Countercard's own words"
    )
    footer: str = ""
    header: str = Field(default="", description="Further lines under the address, such as opening hours")
    logo: Annotated[str, Field(max_length=100, pattern=r"^([^\\/.][^\\/]*)?$")] = Field(
        default="", description="A PNG file in the store's folder, by its name; empty: no picture"
    )
    tax: str = Field(
        default="", description="A line about tax at the receipt's sum; empty: none. Nothing is computed"
    )
    large_print: bool = Field(default=False, description="Every card's slip in type for weak eyes")

    @field_validator("smallest_coin")
    @classmethod
    def _is_a_coin(cls, chosen: str, info: ValidationInfo) -> str:
        # A currency that is none is told by its own rule.
        if chosen and "currency" in info.data and Money.of(chosen, info.data["currency"]).minor < 0:
            raise ValueError("less than nothing")
        return chosen


def _usual_dots(chosen: dict[str, Any]) -> Literal[384, 512, 576]:
    """The dots on a line of the paper that has `columns`; never more than fit on it."""
    columns = chosen.get("columns", MOST_COLUMNS)
    if columns <= _NARROW:
        return 384
    return 512 if columns < MOST_COLUMNS else 576


class Paper(BaseModel):
    """How slips leave the machine."""

    model_config = _AS_WRITTEN

    printer: Literal["folder", "network", "device", "serial", "queue", "screen"] = Field(
        default="folder",
        description="Into a folder as files; to a receipt printer in the network, at a USB cable (its device "
        "file) or at a serial port; to a queue of the system; or no paper at all: codes are then handed over "
        "on the screen only",
    )
    host: Annotated[str, Field(max_length=253, pattern=r"^\S*$")] = Field(
        default="", description="The network printer's address: a name or an IP number"
    )
    port: Annotated[int, Field(ge=1, le=65535)] = Field(
        default=9100, description="The network printer's TCP port for raw data"
    )
    device: Annotated[str, Field(max_length=253, pattern=r"^[^\x00-\x1f]*$")] = Field(
        default="",
        description="The printer's device file, such as /dev/usb/lp0, or its serial port, such as COM3",
    )
    baud: Annotated[int, Field(ge=300, le=4_000_000)] = Field(
        default=9600, description="The serial port's speed in bits a second; the printer's test page shows it"
    )
    queue: Annotated[str, Field(max_length=253, pattern=r"^[^\x00-\x1f]*$")] = Field(
        default="", description="The name of the system's print queue"
    )
    columns: Annotated[int, Field(ge=FEWEST_COLUMNS, le=MOST_COLUMNS)] = Field(
        default=42, description="Characters on a line: 32 on 58 mm paper, 42 or 48 on 80 mm"
    )
    profile: str = Field(default="default", description="The ESC/POS printer's profile")
    form: Literal["auto", "text", "picture"] = Field(
        default="auto",
        description="As text, as a picture of the whole slip, or as text where the printer has every letter",
    )
    dots: Literal[384, 512, 576] = Field(
        default_factory=_usual_dots,
        description="Dots on a line: 384 on 58 mm paper, 512 or 576 on 80 mm; not chosen, by `columns`",
    )
    symbol: Literal["qr", "code128"] = Field(
        default="qr", description="The machine-readable form of a code on a slip"
    )
    drawer: Literal["none", "pin2", "pin5"] = Field(
        default="none", description="The printer's contact at which a cash drawer hangs; opened at cash only"
    )
    sheet: Literal["roll", "A4", "Letter"] = Field(
        default="roll", description="What a PDF, and a queue without a receipt printer, is printed on"
    )
    folder: str = Field(default="", description="Where the file printer puts slips; empty: inside the store")

    @property
    def slips(self) -> Path | None:
        """The folder of slips, None for the store's own.

        Written by hand it may be a short one: that is in the user's home, and never where the program happens
        to be started.
        """
        if not self.folder:
            return None
        try:
            return Path.home() / Path(self.folder).expanduser()
        except RuntimeError:
            # The home of nobody.
            return Path.home() / self.folder


class Settings(BaseModel):
    """Everything the shop has chosen. Frozen: a change makes a new one and saves it."""

    model_config = _AS_WRITTEN

    shop: Shop = Shop()
    paper: Paper = Paper()
    register_id: Annotated[str, Field(pattern="^[0-9]{2}$")] = Field(
        default="01", description="This till's number among the shop's registers"
    )
    # It goes into the journal for good, and from there to terminals.
    cashier: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$")] = Field(
        default="Cashier", description="Who sells when nobody has signed in"
    )
    codes_kept_days: Annotated[int, Field(ge=1, le=3650)] = Field(
        default=90, description="Days after which a code that was handed over is deleted for good"
    )
    language: str = "en"
    theme: str = "light"
    keys: dict[str, str] = Field(
        default_factory=dict[str, str],
        description="Keys that were changed at this register, by what they do; the others are as shipped",
    )
    region: str = Field(default="", description="Of which region cards are shown at Sell; empty: of all")
    limits: Annotated[dict[str, dict[str, str]], AfterValidator(checked)] = Field(
        default_factory=dict[str, dict[str, str]],
        description="By currency, beyond which amounts a sale is looked at: see docs/guard.md",
    )
    providers: dict[str, dict[str, str]] = Field(
        default_factory=dict[str, dict[str, str]], description="Each provider's own settings, by its name"
    )


TRAINING_SHOP = Shop(
    name="HARBOUR NEWS & GIFTS", address="14 Quay Street, Albany NY 12207", phone="518-555-0100"
)
"""The invented shop that training mode plays in."""


def load(path: Path) -> Settings:
    """The settings in the TOML file `path`, defaults where it says nothing or does not exist.

    Raises Misconfigured("settings_unreadable") for a file that is torn or holds what can not be; `line` or
    `place` tell where.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Settings()
    except (OSError, UnicodeDecodeError):
        raise Misconfigured("settings_unreadable", path=str(path)) from None
    try:
        return Settings.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        line = _IN_LINE.search(str(error))
        raise Misconfigured("settings_unreadable", path=str(path), line=line[1] if line else "") from None
    except ValidationError as error:
        raise Misconfigured("settings_unreadable", path=str(path), place=_place(error)) from None
    except RecursionError:
        raise Misconfigured("settings_unreadable", path=str(path)) from None


def unknown(settings: Settings) -> tuple[str, ...]:
    """The names in the file that mean nothing to this program, such as `limit.USD` for `limits.USD`."""
    tables = {"": settings, "shop.": settings.shop, "paper.": settings.paper}
    return tuple(f"{table}{name}" for table, values in tables.items() for name in values.model_extra or ())


def _place(error: ValidationError) -> str:
    """Where the first thing stands that can not be, as it is called in the file: never what stands there."""
    first = error.errors(include_url=False, include_input=False)[0]
    broken = first.get("ctx", {}).get("error")
    further = broken.place if isinstance(broken, WrongLimit) else ()
    return ".".join(map(str, (*first["loc"], *further)))


def save(settings: Settings, path: Path) -> None:
    """Write `settings` to `path` as a whole or not at all: what was chosen, and no default beside it.

    Raises StoreProblem when the disk does not take it; the old file is then as it was.
    """
    import tomli_w

    # Not as JSON: what stands under a name nobody knows here may be a date, or `inf`, which JSON has not.
    text = tomli_w.dumps(settings.model_dump(exclude_unset=True))
    fresh: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        fresh = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        if fresh is not None:
            fresh.unlink(missing_ok=True)
        reason = "full" if error.errno in {errno.ENOSPC, errno.EDQUOT} else "read_only"
        raise StoreProblem(reason, path=str(path), error=type(error).__name__) from None
