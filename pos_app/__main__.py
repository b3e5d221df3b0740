"""The command line: `countercard sell`, `orders`, `order`, `settle` and so on. No Qt is imported."""

from __future__ import annotations

import argparse
import sys
import unicodedata
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pos_app import __version__
from pos_app.core_dumps import keep_none
from pos_app.i18n import _

if TYPE_CHECKING:
    from pos_app.commands.exits import Exit
    from pos_app.register import Register
    from pos_app.store.heads import JournalEnd

_Command = Callable[["Register", argparse.Namespace], Coroutine[Any, Any, "Exit"]]

_INTERRUPTED = 130
_PAGES = ("shop", "register", "supplier", "printer", "manager")
_ACTING = (
    *("sell_now", "money_back", "exclusive", "top_up", "explain"),
    *("own", "about", "close"),
)
_WHYS = ("spare_card", "parked_card", "missing_card", "wrong_charge", "turned_up")
_OUTCOMES = ("credited", "replaced", "refused")
_MOST_ROWS = 10_000
_MOST_CHARACTERS = 100_000
_RECIPIENT_LINES = 3
# Control characters, half characters, ends of lines and paragraphs; and marks that change the direction.
_NO_TEXT = frozenset({"Cc", "Cs", "Zl", "Zp"})
_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")

_EXITS = """exit codes:
  0  done             5  not confirmed: do not sell again   9  store can not be used
  2  wrong usage      6  not taken: nothing was bought     10  journal does not hold
  3  not allowed      7  bought, codes pending             11  paper can not be written
  4  refused          8  key, keyring or settings wrong    12  doctor: put something right
  130  stopped before anything was begun                    1  unforeseen
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (see `countercard --help`)."""
    keep_none()
    try:
        parser = _parser()
        args = parser.parse_args(argv)
        if args.command == "settle" and args.bought is not _is_told_how(args):
            parser.error(_("--bought goes with --provider-order, --codes-from or --by-email"))
        if args.command == "settle" and {args.by is not None, args.evidence is not None} != {
            _is_verdict(args)
        }:
            parser.error(_("a verdict goes with --evidence and --by"))
        if args.command == "reprint" and args.large and not args.full:
            parser.error(_("--large goes with --full"))
        if args.command == "sell" and args.terminal is None:
            if args.cash is None:
                parser.error(_("a sale is paid with --cash, with --terminal, or with both"))
            if args.terminal_amount is not None:
                parser.error(_("--terminal-amount goes with --terminal"))
        if args.command == "sell" and args.recipient is not None:
            if args.email is not None or args.name is not None or args.message is not None:
                parser.error(_("--recipient stands for --email, --name and --message"))
            args.email, args.name, args.message = args.recipient
        if args.command == "sandbox":
            from pos_app.sandbox.__main__ import main as sandbox

            return sandbox(args)
        return _run(args)
    except KeyboardInterrupt:
        return _INTERRUPTED


def _run(args: argparse.Namespace) -> int:
    # Imported here, where Ctrl-C is already listened to.
    import asyncio

    from pos_app.commands.asking import read_any_bytes
    from pos_app.commands.course import Course, stopped
    from pos_app.commands.exits import for_error
    from pos_app.commands.output import set_up, tell
    from pos_app.errors import PosError

    set_up()
    read_any_bytes()
    args.course = Course()
    act = _ALONE.get(args.command, _with_register)
    try:
        return int(asyncio.run(act(args)))
    except PosError as error:
        tell(error, as_json=getattr(args, "json", False))
        return int(for_error(error))
    except KeyboardInterrupt:
        return int(stopped(args.course))


async def _with_register(args: argparse.Namespace, *, looking: bool = False) -> int:
    from dataclasses import replace

    from pos_app.errors import StoreProblem
    from pos_app.opening import Options, open_till

    rereads = getattr(args, "action", None) == "reread"
    acts = rereads or not args.looks or any(getattr(args, name, None) for name in _ACTING)
    options = Options(args.store, args.sandbox, args.live, selling=acts, looking=looking, paper=args.paper)
    # What they say is to be seen by who asked, and not be done with before.
    options = replace(options, rereads=not rereads)
    try:
        register = await open_till(options)
    except StoreProblem as error:
        if acts or error.reason != "in_use":
            raise
        # A till that is selling holds the store; looking at it needs no lock and asks nobody.
        register = await open_till(replace(options, looking=True))
    try:
        args.course.ended = await _COMMANDS[args.command](register, args)
        return int(args.course.ended)
    finally:
        await register.close()


async def _keep_key(args: argparse.Namespace) -> int:
    from pos_app.commands.key import keep_keys

    return int(await keep_keys(args))


async def _set_up(args: argparse.Namespace) -> int:
    from pos_app.commands.setup import setup

    return int(await setup(args))


async def _recover(args: argparse.Namespace) -> int:
    from pos_app.commands.recover import recover

    return int(await recover(args))


async def _doctor(args: argparse.Namespace) -> int:
    from pos_app.commands.doctor import doctor

    return int(await doctor(args))


async def _backup(args: argparse.Namespace) -> int:
    from pos_app.commands import backup

    act = {
        "backup": backup.backup,
        "backups": backup.backups,
        "restore": backup.restore,
        "moved-here": backup.moved_here,
    }[args.command]
    return int(await act(args))


async def _sell(register: Register, args: argparse.Namespace) -> Exit:
    from pos_app.commands.sell import sell

    return await sell(register, args)


async def _orders(register: Register, args: argparse.Namespace) -> Exit:
    from pos_app.commands.orders import list_orders

    return await list_orders(register, args)


async def _order(register: Register, args: argparse.Namespace) -> Exit:
    from pos_app.commands.orders import show_order

    return await show_order(register, args)


async def _custody(register: Register, args: argparse.Namespace) -> Exit:
    from pos_app.commands.custody import show_custody

    return await show_custody(register, args)


async def _account(register: Register, args: argparse.Namespace) -> Exit:
    from pos_app.commands.account import account

    return await account(register, args)


async def _refund(register: Register, args: argparse.Namespace) -> Exit:
    from pos_app.commands.refund import refund

    return await refund(register, args)


async def _reprint(register: Register, args: argparse.Namespace) -> Exit:
    from pos_app.commands.reprint import reprint

    return await reprint(register, args)


async def _allow(register: Register, args: argparse.Namespace) -> Exit:
    from pos_app.commands.allow import allow

    return await allow(register, args)


async def _claims(register: Register, args: argparse.Namespace) -> Exit:
    from pos_app.commands.claims import claims

    return await claims(register, args)


async def _spares(register: Register, args: argparse.Namespace) -> Exit:
    from pos_app.commands.claims import spares

    return await spares(register, args)


async def _settle(register: Register, args: argparse.Namespace) -> Exit:
    from pos_app.commands.settle import settle

    return await settle(register, args)


async def _purge(register: Register, args: argparse.Namespace) -> Exit:
    from pos_app.commands.purge import purge

    return await purge(register, args)


async def _guard(register: Register, args: argparse.Namespace) -> Exit:
    from pos_app.commands.guard import guard

    return await guard(register, args)


async def _look_at_journal(register: Register, args: argparse.Namespace) -> Exit:
    from pos_app.commands import journal

    if args.action == "reread":
        return await journal.reread(register, args)
    shows = {"head": journal.head, "changes": journal.changes}
    return await shows.get(args.action, journal.verify)(register, args)


async def _journal(args: argparse.Namespace) -> int:
    from pos_app.commands.journal import rebuild

    if args.action == "rebuild":
        # A register that opens reads its lists and lets go of leases: not before they were made anew.
        return int(await rebuild(args))
    if args.action == "reread":
        return await _with_register(args)
    # Only looked at: a till that is opened goes on from a journal that was put back, and marks how far.
    return await _with_register(args, looking=True)


_ALONE: dict[str, Callable[[argparse.Namespace], Coroutine[Any, Any, int]]] = {
    "key": _keep_key,
    "setup": _set_up,
    "recover": _recover,
    "journal": _journal,
    "doctor": _doctor,
    "backup": _backup,
    "backups": _backup,
    "restore": _backup,
    "moved-here": _backup,
}
"""Commands that come before there is a till to open."""

_COMMANDS: dict[str, _Command] = {
    "sell": _sell,
    "orders": _orders,
    "guard": _guard,
    "order": _order,
    "custody": _custody,
    "settle": _settle,
    "refund": _refund,
    "reprint": _reprint,
    "allow": _allow,
    "claims": _claims,
    "spares": _spares,
    "account": _account,
    "journal": _look_at_journal,
    "purge": _purge,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="countercard",
        description=_("The till for gift cards. Without a command it opens its window."),
        epilog=_EXITS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"countercard {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _sell_arguments(_command(commands, "sell", _("sell one card or several of one kind"), looks=False))

    orders = _command(commands, "orders", _("list orders, newest first"), looks=True)
    orders.add_argument("--limit", type=_limit, default=50, help=_("how many at most"))
    orders.add_argument(
        "--search", type=_text, help=_("sale number, provider's number or last four of a code")
    )
    orders.add_argument("--open", action="store_true", help=_("only those that wait for somebody"))

    order = _command(commands, "order", _("show one order and its story"), looks=True)
    order.add_argument("id", metavar="ID", type=_text, help=_("the order's id or the sale's number"))
    order.add_argument("--show-codes", action="store_true", help=_("codes and PINs in clear; recorded"))
    order.add_argument("--by", type=_text, default="", help=_("who asks"))
    act = order.add_mutually_exclusive_group()
    act.add_argument("--sell-now", action="store_true", help=_("buy what was paid for and never sent"))
    act.add_argument("--money-back", action="store_true", help=_("record that the money was given back"))
    _anyway_argument(order)

    custody = _command(commands, "custody", _("where each card's code has been"), looks=True)
    custody.add_argument("id", metavar="ID", type=_text, help=_("the order's id or the sale's number"))

    _refund_arguments(_command(commands, "refund", _("record money given back"), looks=False))
    _reprint_arguments(_command(commands, "reprint", _("print a sale's papers once more"), looks=False))
    _allow_arguments(_command(commands, "allow", _("let selling go on, or an order be sold"), looks=False))
    _claims_arguments(_command(commands, "claims", _("what is claimed from the companies"), looks=True))
    _spares_arguments(_command(commands, "spares", _("cards that are no customer's"), looks=True))

    _settle_arguments(_command(commands, "settle", _("decide what became of an order"), looks=False))

    _account_arguments(_command(commands, "account", _("who buys on a company's account"), looks=True))

    purge = _command(commands, "purge", _("delete a finished order's codes for good"), looks=False)
    purge.add_argument("id", metavar="ID", type=_text, help=_("the order's id or the sale's number"))
    _reason_arguments(purge, required=True)

    _guard_arguments(_command(commands, "guard", _("what the scam guard stopped at"), looks=True))

    _journal_arguments(_command(commands, "journal", _("look after the record"), looks=True))

    _command(commands, "doctor", _("look whether everything a till needs is well"), looks=True)

    backup = _command(commands, "backup", _("copy the store; a till goes on meanwhile"), looks=True)
    backup.add_argument("--to", type=_folder, metavar="FILE", help=_("write the copy there"))
    _command(commands, "backups", _("list the store's copies"), looks=True)
    restore = _command(commands, "restore", _("put the store back from a copy"), looks=False)
    restore.add_argument("file", metavar="FILE", type=_folder, help=_("a copy, or the name of a backup"))
    restore.add_argument("--yes", action="store_true", help=_("do not ask"))

    key = commands.add_parser("key", help=_("keep a card company's key in this computer's keyring"))
    key.add_argument("provider", type=_provider, metavar="PROVIDER", help=_("a card company's short name"))

    setup = commands.add_parser("setup", help=_("set the shop up, until real cards can be sold"))
    setup.add_argument("--from", dest="file", type=_folder, metavar="FILE", help=_("answers, as TOML"))
    setup.add_argument("--again", action="append", choices=_PAGES, help=_("fill in this page once more"))
    setup.add_argument("--check", action="store_true", help=_("only say what is done"))
    recover = commands.add_parser("recover", help=_("type a recovery sheet in: a copied store opens again"))
    recover.add_argument("--backup", type=_folder, metavar="FILE", help=_("for this copy, put back next"))
    moved = commands.add_parser("moved-here", help=_("the store was moved: it is sold from here now"))
    for real in (key, setup, recover, moved):
        real.add_argument("--store", type=_text, default="", help=_("a store's name, or its folder"))
        real.add_argument("--json", action="store_true", help=_("speak JSON, in one line"))

    from pos_app.sandbox.__main__ import add_arguments

    add_arguments(commands.add_parser("sandbox", help=_("run the stand-in for both card companies")))
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],  # pyright: ignore[reportPrivateUsage]  argparse has no public name for it
    name: str,
    help_text: str,
    *,
    looks: bool,
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=help_text)
    parser.add_argument("--store", type=_text, default="", help=_("a store's name, or its folder"))
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument(
        "--sandbox",
        type=Path,
        metavar="FILE",
        help=_("train against the sandbox whose ready line is in FILE"),
    )
    kind.add_argument("--live", action="store_true", help=_("the real store, not training"))
    parser.add_argument("--json", action="store_true", help=_("speak JSON, in one line"))
    parser.set_defaults(looks=looks, paper=None)
    return parser


def _sell_arguments(sell: argparse.ArgumentParser) -> None:
    sell.add_argument(
        "--provider",
        type=_provider,
        metavar="NAME",
        required=True,
        help=_("the card company's short name, such as cardpluspay or levelup"),
    )
    what = sell.add_mutually_exclusive_group(required=True)
    what.add_argument("--item", type=_text, help=_("the card company's item code"))
    what.add_argument("--merchant", type=_text, help=_("merchant for a card by e-mail: number or name"))
    sell.add_argument("--quantity", type=int, default=1, help=_("how many cards, 1 to 100"))
    sell.add_argument("--amount", type=_text, help=_("face value of one card, for open amounts"))
    sell.add_argument("--email", type=_text, help=_("recipient's e-mail address"))
    sell.add_argument("--name", type=_text, help=_("recipient's name"))
    sell.add_argument("--message", type=_text, help=_("message to the recipient"))
    sell.add_argument(
        "--recipient",
        type=_recipient,
        metavar="FILE",
        help=_("address, name and message, one a line; - for standard input. Nobody sees them there"),
    )
    sell.add_argument("--cash", type=_text, metavar="AMOUNT", help=_("cash received"))
    sell.add_argument(
        "--terminal", type=_text, metavar="REFERENCE", help=_("paid by card terminal; its reference")
    )
    sell.add_argument(
        "--terminal-amount",
        type=_text,
        metavar="AMOUNT",
        help=_("how much of it by card terminal; without it all that the cash leaves"),
    )
    sell.add_argument("--by", type=_text, default="", help=_("who sells"))
    sell.add_argument(
        "--asked",
        action="store_true",
        help=_("the customer was asked, and nobody on the phone tells them to buy; recorded"),
    )
    sell.add_argument(
        "--approved-by",
        type=_text,
        metavar="MANAGER",
        default="",
        help=_("a manager who allows a sale beyond the shop's limits; the PIN is asked for"),
    )
    _anyway_argument(sell)
    sell.add_argument("--paper", type=_folder, metavar="DIR", help=_("write receipt and slips there"))
    sell.add_argument("--show-codes", action="store_true", help=_("codes and PINs in clear; recorded"))


def _guard_arguments(guard: argparse.ArgumentParser) -> None:
    guard.add_argument("--limit", type=_limit, default=50, help=_("how many at most"))


def _anyway_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sell-anyway", action="store_true", help=_("though another order of its cost is not confirmed")
    )


def _journal_arguments(journal: argparse.ArgumentParser) -> None:
    journal.add_argument(
        "action",
        choices=["verify", "head", "changes", "rebuild", "reread"],
        help=_(
            "verify: does every line hold; head: where it ends; changes: who changed what in the settings;"
            " rebuild: make the lists anew from it; reread: read kept replies again that were not understood"
        ),
    )
    journal.add_argument(
        "--head",
        type=_head,
        action="append",
        metavar="LINE",
        help=_("verify: hold it against a line that `journal head` said, or that is on a paper"),
    )
    journal.add_argument(
        "--stories", action="store_true", help=_("verify: also read every line, and fold every order")
    )
    journal.add_argument("--limit", type=_limit, default=50, help=_("changes: how many at most"))


def _refund_arguments(refund: argparse.ArgumentParser) -> None:
    refund.add_argument("id", metavar="ID", type=_text, help=_("the order's id or the sale's number"))
    refund.add_argument("--cards", type=int, metavar="N", help=_("for so many of its cards only"))
    refund.add_argument(
        "--loss", action="store_true", help=_("its codes are out: as goodwill, and the shop's loss")
    )
    _reason_arguments(refund, required=False)


def _reprint_arguments(reprint: argparse.ArgumentParser) -> None:
    reprint.add_argument("id", metavar="SALE", type=_text, help=_("the sale's number or an order's id"))
    reprint.add_argument("--full", action="store_true", help=_("every card, codes and all; by a manager"))
    reprint.add_argument("--large", action="store_true", help=_("with --full: in large print"))
    reprint.add_argument("--by", type=_text, default="", help=_("who wants it; with --full the manager"))
    reprint.add_argument("--pin-stdin", action="store_true", help=_("read the PIN from standard input"))
    reprint.add_argument("--reason", type=_text, default="", help=_("why; never a code"))
    reprint.add_argument("--paper", type=_folder, metavar="DIR", help=_("print into this folder"))


def _spares_arguments(spares: argparse.ArgumentParser) -> None:
    spares.add_argument("--own", type=_text, metavar="ORDER", help=_("parked cards of it are the shop's"))
    spares.add_argument("--card", type=_text, action="append", metavar="CARD", help=_("which card"))
    _reason_arguments(spares, required=False)


def _allow_arguments(allow: argparse.ArgumentParser) -> None:
    what = allow.add_mutually_exclusive_group(required=True)
    what.add_argument("--provider", type=_provider, metavar="NAME", help=_("sell from this company again"))
    what.add_argument("--order", type=_text, metavar="ID", help=_("sell this order, left to a person"))
    _reason_arguments(allow, required=True)


def _claims_arguments(claims: argparse.ArgumentParser) -> None:
    act = claims.add_mutually_exclusive_group()
    act.add_argument(
        "--open", dest="about", type=_text, metavar="ORDER", help=_("claim something about this order")
    )
    act.add_argument("--close", type=_text, metavar="CLAIM", help=_("write down what came of a claim"))
    claims.add_argument("--why", choices=_WHYS, default="parked_card", help=_("with --open: for what"))
    claims.add_argument("--card", type=_text, action="append", metavar="CARD", help=_("which card"))
    claims.add_argument("--outcome", choices=_OUTCOMES, default="credited", help=_("with --close"))
    claims.add_argument("--amount", type=_text, help=_("how much is asked for, or was credited"))
    claims.add_argument(
        "--file", type=_folder, metavar="FILE", help=_("write the claims as CSV, for the company")
    )
    claims.add_argument("--all", action="store_true", help=_("closed claims too"))
    _reason_arguments(claims, required=False)


def _reason_arguments(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument("--by", type=_text, default="", required=required, help=_("the manager who decides"))
    parser.add_argument(
        "--evidence", type=_text, default="", required=required, help=_("the reason; never a code")
    )


def _settle_arguments(settle: argparse.ArgumentParser) -> None:
    settle.add_argument("id", metavar="ID", type=_text, help=_("the order's id or the sale's number"))
    verdict = settle.add_mutually_exclusive_group()
    verdict.add_argument("--bought", action="store_true", help=_("it was bought; with one of the next three"))
    verdict.add_argument("--not-bought", action="store_true", help=_("the money is to be given back"))
    verdict.add_argument("--wait", action="store_true", help=_("looked at, and left open"))
    verdict.add_argument("--seen", action="store_true", help=_("what came behind the verdict was looked at"))
    how = settle.add_mutually_exclusive_group()
    how.add_argument("--provider-order", type=_text, metavar="N", help=_("the card company's order id"))
    how.add_argument(
        "--codes-from",
        type=_text,
        metavar="FILE",
        help=_("codes and PINs, a card on a line; - for standard input"),
    )
    how.add_argument("--by-email", action="store_true", help=_("the sender knows that it went out"))
    settle.add_argument("--item-checked", action="store_true", help=_("brand and value were compared there"))
    settle.add_argument(
        "--others-checked", action="store_true", help=_("it is not the answer to another order of this shop")
    )
    settle.add_argument(
        "--amount-checked", action="store_true", help=_("it is the one, though amount or number differ")
    )
    settle.add_argument("--no-pin", action="store_true", help=_("its card was looked at and has no PIN"))
    settle.add_argument(
        "--early", action="store_true", help=_("not bought, though it was sent less than half an hour ago")
    )
    settle.add_argument(
        "--portal-checked",
        action="store_true",
        help=_("not bought, though the company's list can not be read: it was looked up there, or asked"),
    )
    settle.add_argument("--evidence", type=_text, help=_("where it was seen; never a code"))
    settle.add_argument("--by", type=_text, help=_("the manager who decides"))


def _account_arguments(account: argparse.ArgumentParser) -> None:
    name = _("a card company's short name")
    account.add_argument("provider", type=_provider, metavar="PROVIDER", help=name)
    say = account.add_mutually_exclusive_group()
    say.add_argument("--exclusive", choices=["yes", "no"], help=_("does only this store buy on it?"))
    say.add_argument(
        "--top-up", type=_text, metavar="AMOUNT", help=_("what was paid into it; below zero: taken out")
    )
    say.add_argument(
        "--explain", type=_text, metavar="WHY", help=_("where orders nobody here placed came from")
    )
    account.add_argument("--evidence", type=_text, default="", help=_("how that is known"))
    account.add_argument("--by", type=_text, default="", help=_("the manager who says so"))


def _is_verdict(args: argparse.Namespace) -> bool:
    """Whether something is decided, or only asked."""
    return bool(args.bought or args.not_bought or args.wait or args.seen)


def _is_told_how(args: argparse.Namespace) -> bool:
    return args.provider_order is not None or args.codes_from is not None or bool(args.by_email)


def _text(given: str) -> str:
    """`given` as it may be shown, printed and sent: nothing in it commands a terminal or turns a line."""
    if any(unicodedata.category(mark) in _NO_TEXT or mark in _TURNING for mark in given):
        raise argparse.ArgumentTypeError(_("it has characters that can not be seen"))
    return given


def _provider(given: str) -> str:
    """The short name of a company this program knows; they are looked up when one is named, not before."""
    from pos_app.providers import SPECS

    names = [spec.name for spec in SPECS]
    if given not in names:
        raise argparse.ArgumentTypeError(_("choose one of {names}").format(names=", ".join(names)))
    return given


def _recipient(given: str) -> tuple[str, str, str]:
    """Address, name and message out of a file or standard input, as they would be taken as arguments."""
    try:
        if given == "-":
            text = sys.stdin.read(_MOST_CHARACTERS) if sys.stdin is not None else ""
        else:
            with _folder(given).open(encoding="utf-8") as file:
                text = file.read(_MOST_CHARACTERS)
    except (OSError, ValueError):
        raise argparse.ArgumentTypeError(_("it can not be read")) from None
    lines = [_text(line.strip()) for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    if len(lines) > _RECIPIENT_LINES:
        raise argparse.ArgumentTypeError(_("it has more than an address, a name and a message, one a line"))
    email, name, message = [*lines, "", "", ""][:_RECIPIENT_LINES]
    return email, name, message


def _folder(given: str) -> Path:
    return Path(_text(given))


def _head(given: str) -> JournalEnd:
    """An end of the journal as it stands on paper."""
    from pos_app.store.heads import from_paper

    try:
        return from_paper(given)
    except ValueError:
        raise argparse.ArgumentTypeError(_("it is not a line such as 01 #1234 7F3A-92C1-0B4D-55E0")) from None


def _limit(given: str) -> int:
    if not given.isascii() or not given.isdigit() or not 1 <= int(given[:9]) <= _MOST_ROWS:
        raise argparse.ArgumentTypeError(_("choose 1 to {most}").format(most=_MOST_ROWS))
    return int(given)


if __name__ == "__main__":
    sys.exit(main())
