"""Everything that can go wrong, in words: what happened and what to do now, in the cashier's language.

No Qt here, so that the window and the commands say the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from pos_app.errors import PosError
from pos_app.i18n import _, money, ngettext
from pos_app.money import Money
from pos_app.orders.order import Order, Status
from pos_app.orders.rules import Problem
from pos_app.orders.sale import TenderKind
from pos_app.orders.verdicts import Reason

if TYPE_CHECKING:
    from pos_app.guard import Hit


@dataclass(frozen=True, slots=True)
class Message:
    """`title` in a few words, `what` happened, `advice`: what to do now (may be empty)."""

    title: str
    what: str
    advice: str


def explain(error: PosError) -> Message:
    """`error` in words."""
    return _ERRORS[type(error).__name__, error.reason](error)


def problem(broken: Problem) -> str:
    """One sentence to stand beside the field where the rule is broken."""
    return _PROBLEMS[broken.field, broken.reason](broken)


def status_words(status: Status) -> str:
    """What a status is called on screen."""
    return _STATUSES[status]()


def tender_words(kind: TenderKind) -> str:
    """What a way to pay is called."""
    return _TENDERS[kind]()


def refusal_words(order: Order) -> str:
    """Why the provider said no, as far as its answer tells; empty for an order it did not refuse.

    Its own wording is kept in the answer's `text` and never mixed into ours.
    """
    answer = order.answer
    if answer is None or answer.refusal is None:
        return ""
    return _REFUSALS[answer.refusal]()


def why_not_reached(error: PosError) -> str:
    """Why a company does not answer, and what to do. Nobody bought anything: that goes without saying."""
    message = explain(error)
    what = message.what
    # In languages read from right to left what is put in stands between marks of its own.
    for nothing in (f"\u2068{_nothing_bought()}\u2069", _nothing_bought()):
        what = what.replace(nothing, "")
    return f"{what.strip()} {message.advice}".strip()


def why_a_person(reason: Reason) -> str:
    """Why the program does not decide an order by the company's books itself, in a sentence."""
    return _FOR_A_PERSON[reason]()


def _fact(error: PosError, name: str) -> str:
    return str(error.facts.get(name, ""))


def _where_in_settings(error: PosError) -> str:
    what = _("The settings file {path} can not be read.").format(path=_fact(error, "path"))
    where = ""
    if line := _fact(error, "line"):
        where = _("Look at line {line}.").format(line=line)
    elif place := _fact(error, "place"):
        where = _("Look at {place}: what stands there can not be.").format(place=place)
    return f"{what} {where}".strip()


def _day(error: PosError, name: str) -> str:
    value = error.facts.get(name)
    return value.date().isoformat() if isinstance(value, datetime) else "?"


def _amount(broken: Problem, name: str) -> str:
    value = broken.facts.get(name)
    return money(value) if isinstance(value, Money) else str(value)


def _count(broken: Problem, name: str) -> int:
    value = broken.facts.get(name)
    return value if isinstance(value, int) else 0


def _held_back(error: PosError) -> str:
    """Why the scam guard holds a sale back, rule by rule."""
    from pos_app.guard_words import sentence

    hits = cast("tuple[Hit, ...]", error.facts.get("hits", ()))
    return " ".join(map(sentence, hits))


_GUARDED: dict[str, Callable[[], str]] = {
    "ask": lambda: _("Ask the customer whether anyone on the phone tells them to buy."),
    "approve": lambda: _("A manager has to approve it."),
    "refuse": lambda: _("The shop's settings do not allow it. Nobody can approve it at the till."),
}


def _nothing_bought() -> str:
    return _("Nothing was bought and nothing was charged.")


_Words = Callable[[PosError], Message]

_FOR_A_PERSON: dict[Reason, Callable[[], str]] = {
    "left": lambda: _("This order was left to a person."),
    "no_books": lambda: _("This company shows no list of orders."),
    "cost_not_told": lambda: _("Nobody told what this order would cost."),
    "not_exclusive": lambda: _("Others may buy on this account too."),
    "foreign_rows": lambda: _("The list shows orders that nobody here placed."),
    "others_may_be_it": lambda: _("What the list shows may be another order of this shop."),
    "several_rows": lambda: _("The list shows more than one new order of this amount."),
    "other_rows": lambda: _("The list shows new orders of other amounts."),
    "amount_not_told": lambda: _("The list does not say what an order cost."),
    "balance_does_not_fit": lambda: _("The balance does not fit what the list shows."),
    "time_not_told": lambda: _("The company does not tell the time."),
    "outside_window": lambda: _("The new order is not from the time when this one was sent."),
}
_LONGEST_IN_SECONDS = 90
_LONGEST_IN_MINUTES = 90

_ERRORS: dict[tuple[str, str], _Words] = {
    ("NotTaken", "name_not_found"): lambda _e: Message(
        _("Not reached"),
        _("The card company's address was not found. {nothing}").format(nothing=_nothing_bought()),
        _("Check the internet connection. If only this company is missing, its service may have been ended."),
    ),
    ("NotTaken", "service_ended"): lambda _e: Message(
        _("Service not found"),
        _(
            "LevelUp's address is not in the internet's directory; the service may have been ended. {nothing}"
        ).format(nothing=_nothing_bought()),
        _("Cards with a code can be sold as always, cards by e-mail can not. A manager checks the address."),
    ),
    ("NotTaken", "led_elsewhere"): lambda error: Message(
        _("Led elsewhere"),
        _("The list goes on at an address ({host}) where this shop's key must not go. {nothing}").format(
            host=_fact(error, "host") or "?", nothing=_nothing_bought()
        ),
        _("Call the manager: the card company's address in the settings has to be checked."),
    ),
    ("NotTaken", "connection_refused"): lambda _e: Message(
        _("Not reached"),
        _("The card company's computer did not take the call. {nothing}").format(nothing=_nothing_bought()),
        _("Check the internet connection and try again."),
    ),
    ("NotTaken", "tls_failed"): lambda _e: Message(
        _("No safe connection"),
        _("A safe connection to the card company could not be made. {nothing}").format(
            nothing=_nothing_bought()
        ),
        _("Check this computer's date and time and whether the network asks you to sign in."),
    ),
    ("NotTaken", "no_free_connection"): lambda _e: Message(
        _("Too busy"),
        _("This till had no free line to the card company. {nothing}").format(nothing=_nothing_bought()),
        _("Try again."),
    ),
    ("NotTaken", "unauthorized"): lambda _e: Message(
        _("Key not accepted"),
        _("The card company did not accept this shop's key. {nothing}").format(nothing=_nothing_bought()),
        _("Call the manager: the key has to be checked."),
    ),
    ("NotTaken", "signature_refused"): lambda _e: _signature(),
    ("NotTaken", "no_challenge"): lambda _e: Message(
        _("Request not signed"),
        _(
            "The card company gave nothing to sign, and takes no request without a signature. {nothing}"
        ).format(nothing=_nothing_bought()),
        _("Try again. If it stays so, the manager checks the path of the challenge in the settings."),
    ),
    ("NotTaken", "too_many_requests"): lambda error: Message(
        _("Too many requests"),
        _("The card company asks us to slow down. {nothing}").format(nothing=_nothing_bought()),
        _come_back(error),
    ),
    ("NotTaken", "no_fence"): lambda error: (
        _no_answer(error)
        if "because" in error.facts
        else Message(
            _("Not sent"),
            _("The card company's account kept changing while we looked at it. {nothing}").format(
                nothing=_nothing_bought()
            ),
            _("Try again in a moment."),
        )
    ),
    ("NotTaken", "no_answer"): lambda error: _no_answer(error),  # noqa: PLW0108
    ("NotTaken", "offline"): lambda _e: Message(
        _("Offline"),
        _("There is no connection to the card company. {nothing}").format(nothing=_nothing_bought()),
        _("Check the internet connection and try again."),
    ),
    ("OutcomeUnknown", "silence"): lambda _e: _unknown(_("The card company did not answer.")),
    ("OutcomeUnknown", "cut"): lambda _e: _unknown(_("The connection broke before the answer was complete.")),
    ("OutcomeUnknown", "not_kept"): lambda _e: _unknown(
        _("The card company answered, and the answer could not be written down: the disk is full or failing.")
    ),
    ("OutcomeUnknown", "unreadable"): lambda _e: _unknown(_("The card company's answer could not be read.")),
    ("OutcomeUnknown", "server_error"): lambda _e: _unknown(
        _("The card company's computer reported a fault.")
    ),
    ("OutcomeUnknown", "unexpected"): lambda _e: _unknown(
        _("The card company gave an answer that says neither yes nor no.")
    ),
    ("NotAllowed", "already_sent"): lambda _e: Message(
        _("Already ordered"),
        _("This order was sent before. It is never sent twice."),
        _("Look at the order to see what became of it."),
    ),
    ("NotAllowed", "moved_on"): lambda _e: Message(
        _("Somebody was quicker"),
        _("This order changed while you looked at it."),
        _("Look at it again."),
    ),
    ("NotAllowed", "in_flight"): lambda _e: Message(
        _("Being worked on"),
        _("The card company is being asked about this order at this moment."),
        _("Wait for the answer."),
    ),
    ("NotAllowed", "nothing_to_refund"): lambda _e: Message(
        _("No money to give back"),
        _("This order was bought, may have been bought, or was paid back already."),
        _("A manager decides about orders that are not confirmed."),
    ),
    ("NotAllowed", "lane_taken"): lambda _e: Message(
        _("Another purchase of the same cost is open"),
        _("It has no answer yet, and nobody could tell the two apart. This order was not sent."),
        _("Wait, choose another card or another number of cards, or sell anyway: a manager decides then."),
    ),
    ("NotAllowed", "account_paused"): lambda _e: Message(
        _("Selling from this company pauses"),
        _("Two orders with it are not confirmed. Nothing more is bought there until they are cleared up."),
        _("Call a manager: they are under Attention. A manager can also have selling go on."),
    ),
    ("NotAllowed", "needs_a_manager"): lambda error: Message(
        _("A manager decides"),
        _("The program does not do this by itself."),
        # A command is given both at once; who sells at the window may not stand where it is decided.
        _("Name the manager with --by, and say why with {option}.").format(option=_fact(error, "option"))
        if "option" in error.facts
        else _("Call a manager: the order waits under Attention, and is allowed there with name and reason."),
    ),
    ("NotAllowed", "only_as_loss"): lambda _e: Message(
        _("The codes are out"),
        _("A code of this order was seen, printed or sent. Its card can not be taken back."),
        _("A manager can give the money back as goodwill. It is booked as the shop's loss."),
    ),
    ("NotAllowed", "too_many_cards"): lambda _e: Message(
        _("Not that many cards"),
        _("The money can not be given back for this number of cards."),
        _("Look at the order: how many are there, and how many were paid back?"),
    ),
    ("NotAllowed", "money_owed"): lambda _e: Message(
        _("Give the money back first"),
        _("The customer has not got the money for this order back."),
        _("Give it back and record that. Its cards can be the shop's then."),
    ),
    ("NotAllowed", "not_parked"): lambda _e: Message(
        _("Not a parked card"),
        _("This order has no such parked card."),
        _("Look at the list of cards again."),
    ),
    ("NotAllowed", "not_claimable"): lambda _e: Message(
        _("Nothing to claim"),
        _("Only parked and spare cards can be claimed back, each once, and only of an order that was sent."),
        _("Look at the list of cards again."),
    ),
    ("NotAllowed", "claimed_before"): lambda e: Message(
        _("Claimed already"),
        _("This is claimed from the company already: {claim}.").format(claim=e.facts.get("claim", "")),
        _("Close that claim with what came of it. Only what was refused can be claimed again."),
    ),
    ("NotAllowed", "unknown_claim"): lambda _e: Message(
        _("No such claim"), _("There is no open claim of this number."), _("Check the number.")
    ),
    ("NotAllowed", "not_sellable"): lambda _e: Message(
        _("Not sold here"), _("This card is not in the catalogue."), _("Choose another card.")
    ),
    ("NotAllowed", "unknown_order"): lambda _e: Message(
        _("Not found"), _("There is no such order in this store."), _("Check the number.")
    ),
    ("NotAllowed", "no_codes"): lambda _e: Message(
        _("No code to show"), _("This card's code is not kept here."), ""
    ),
    ("NotAllowed", "purged"): lambda error: Message(
        _("Code deleted"),
        _("This order's codes were deleted for good (purged on {day}).").format(day=_day(error, "at")),
        _("The receipt can still be printed. Ask the card company for the code, with its order number."),
    ),
    ("NotAllowed", "not_finished"): lambda _e: Message(
        _("Not finished yet"),
        _("Something about this order is still open, or it is still being watched. Its codes are kept."),
        _("Finish it under Attention first. An order somebody decided about is watched for 14 days."),
    ),
    ("NotAllowed", "invalid_draft"): lambda error: Message(
        _("Not complete"), _embedded(error), _("Correct it and try again.")
    ),
    ("NotAllowed", "money_incomplete"): lambda error: Message(
        _("Not paid yet"), _embedded(error), _("Nothing was bought.")
    ),
    ("NotAllowed", "live_address_in_training"): lambda _e: Message(
        _("Training only"),
        _("Training mode can not talk to a real card company."),
        _("Give it the address of a sandbox on this computer."),
    ),
    ("NotAllowed", "other_account"): lambda _e: Message(
        _("Another account"),
        _("This order belongs to another account with the card company than the one in use now."),
        _("Give the money back, or put the earlier key back."),
    ),
    ("NotAllowed", "key_changes"): lambda _e: Message(
        _("The company's key is being replaced"),
        _("A manager is replacing it at this moment. Nothing was sent."),
        _("Try again in a moment."),
    ),
    ("NotAllowed", "orders_on_their_way"): lambda _e: Message(
        _("The key stays as it is"), problem(Problem("account", "orders_on_their_way")), ""
    ),
    ("NotAllowed", "orders_open"): lambda e: Message(
        _("The key stays as it is"), problem(Problem("account", "orders_open", dict(e.facts))), ""
    ),
    ("NotAllowed", "already_claimed"): lambda _e: Message(
        _("Belongs to another order"),
        _("This order of the card company is already the answer to another order of this shop."),
        _("Check the number; every order of the card company settles one order here."),
    ),
    ("NotAllowed", "code_seen_before"): lambda _e: Message(
        _("This code is not new"),
        _("One of these codes was received before, for another order. Nothing was written down."),
        _("Look at the card company's page again: this order's codes are others."),
    ),
    ("NotAllowed", "code_twice"): lambda _e: Message(
        _("Entered twice"),
        _("The same code stands there twice, or this order has it already."),
        _("Enter each card once, one on a line."),
    ),
    ("NotAllowed", "codes_unreadable"): lambda _e: Message(
        _("Not a code"),
        _("A line is not one code, or a code and its PIN with a clear sign between. A blank can be either."),
        _("Enter one card on a line: the code without blanks, then a comma and its PIN."),
    ),
    ("NotAllowed", "code_in_evidence"): lambda _e: Message(
        _("A code was typed"),
        _("What is typed here is kept in clear, and a gift card's code or PIN stands in it."),
        _("Write it without the code."),
    ),
    ("NotAllowed", "too_many_codes"): lambda _e: Message(
        _("Too many codes"),
        _("There are more codes than cards that are still missing from this order."),
        _("Enter only the codes of this order."),
    ),
    ("NotAllowed", "no_such_provider_order"): lambda _e: Message(
        _("No such order there"),
        _("The card company has no order with this id on the account in use."),
        _("Enter the order's id as the card company's page shows it."),
    ),
    ("NotAllowed", "other_provider_order"): lambda _e: Message(
        _("Another order"),
        _("That order of the card company is for another card."),
        _("Check the id. If it is the right one, enter its codes by hand."),
    ),
    ("NotAllowed", "older_provider_order"): lambda _e: Message(
        _("An older order"),
        _("That order was with the card company before this one was sent. It can not be its answer."),
        _("Look for an order that is newer."),
    ),
    ("NotAllowed", "age_not_told"): lambda _e: Message(
        _("Its age can not be told now"),
        _("The card company's list does not reach back to when this order was sent. That one may be older."),
        _("Try again later, or copy the codes from the company's page."),
    ),
    ("NotAllowed", "account_busy"): lambda _e: Message(
        _("Another purchase is under way"),
        _("Another purchase on this account is under way. That order of the card company may be its answer."),
        _("Wait until it has ended, then decide."),
    ),
    ("NotAllowed", "others_open"): lambda _e: Message(
        _("It may be another order's"),
        _("Another order here costs the same and is not confirmed either. That id may be its answer."),
        _("Compare the times on the card company's page, then confirm that you did."),
    ),
    ("NotAllowed", "other_amount"): lambda _e: Message(
        _("Another amount"),
        _("That order of the card company cost another amount, or has another number of cards."),
        _("Only a part may have been sold. Compare it in the company's portal, then confirm that you did."),
    ),
    ("NotAllowed", "item_not_told"): lambda _e: Message(
        _("Which card is it?"),
        _("The card company does not tell which card this is."),
        _("Check brand and value in its portal, then confirm that you did."),
    ),
    ("NotAllowed", "too_early"): lambda _e: Message(
        _("It may still come"),
        _("It was sent less than half an hour ago. The card company may still carry it out."),
        _("Wait and look again. If you know that it was not bought, confirm that."),
    ),
    ("NotAllowed", "list_not_read"): lambda _e: Message(
        _("The company's list was not seen"),
        _("The card company's list of orders can not be read now. Nobody saw whether this order is in it."),
        _("Wait and try again. If you looked in its portal or asked the company, confirm that you did."),
    ),
    ("NotAllowed", "needs_evidence"): lambda _e: Message(
        _("A reason is missing"),
        _("A verdict is kept with the reason for it."),
        _("Write down where you looked and what you saw there."),
    ),
    ("NotAllowed", "nothing_to_settle"): lambda _e: Message(
        _("Nothing to decide"),
        _("This is not open for this order, or nothing was entered."),
        _("Look at the order again."),
    ),
    ("NotAllowed", "not_a_manager"): lambda _e: Message(
        _("Not a manager"),
        _("The name and the PIN are not those of a manager."),
        _("Only a manager decides about such an order."),
    ),
    ("NotAllowed", "guarded"): lambda error: Message(
        _("This sale is held back"),
        f"{_held_back(error)} {_nothing_bought()}".strip(),
        _GUARDED.get(_fact(error, "asks"), _GUARDED["ask"])(),
    ),
    ("NotAllowed", "only_looking"): lambda _e: Message(
        _("Only looked at"),
        _("This store is only looked at here. Nothing was bought and nothing was written down."),
        _("Do it at the till the store is at home at."),
    ),
    ("NotAllowed", "file_exists"): lambda error: Message(
        _("There is such a file"),
        _("{path} is there already. Nothing was written.").format(path=_fact(error, "path")),
        _("Name another file."),
    ),
    ("NotAllowed", "inside_the_store"): lambda error: Message(
        _("Not into the store's folder"),
        _("{path} lies in the store's own folder. Nothing was written.").format(path=_fact(error, "path")),
        _("Name a file in another folder."),
    ),
    ("NotAllowed", "amount_unreadable"): lambda _e: Message(
        _("Not an amount"),
        _("The amount is not a number of the account's currency other than nothing."),
        _("Enter it with a point and at most the currency's decimal places, like 250.00."),
    ),
    ("NotAllowed", "not_set_up"): lambda _e: Message(
        _("Not set up yet"),
        _("No real card is sold before the first start is finished and the recovery sheet was checked."),
        _("Finish the first start in the window, or with: countercard setup"),
    ),
    ("NotAllowed", "set_up_before"): lambda _e: Message(
        _("Set up before"),
        _("The first start of this store was finished earlier; it is not done twice."),
        _("A manager changes the shop's choices in the settings."),
    ),
    ("Misconfigured", "no_key"): lambda error: Message(
        _("No key"),
        _("No key for {provider} is kept in this computer's keyring.").format(
            provider=_fact(error, "provider")
        ),
        _("Enter it with: countercard key {provider}").format(provider=_fact(error, "provider")),
    ),
    ("Misconfigured", "key_refused"): lambda _e: Message(
        _("Key not accepted"),
        _("The card company did not accept this shop's key. {nothing}").format(nothing=_nothing_bought()),
        _("Call the manager: the key has to be checked."),
    ),
    ("Misconfigured", "signature_refused"): lambda _e: _signature(),
    ("Misconfigured", "signing_key_unreadable"): lambda _e: Message(
        _("Signing key not readable"),
        _(
            "The private key that signs requests is not an RSA key in PEM form without a password. {nothing}"
        ).format(nothing=_nothing_bought()),
        _("Call the manager: the signing key has to be entered again."),
    ),
    ("Misconfigured", "plain_http"): lambda _e: Message(
        _("Not a safe address"),
        _("The card company's address does not begin with https. The key is never sent over an open line."),
        _("Correct the address in the settings."),
    ),
    ("Misconfigured", "keyring_missing"): lambda _e: _keyring(
        _("This computer has no keyring to keep the store's key in.")
    ),
    ("Misconfigured", "keyring_weak"): lambda _e: _keyring(
        _("The only keyring found keeps secrets in the open.")
    ),
    ("Misconfigured", "keyring_locked"): lambda _e: Message(
        _("Keyring locked"),
        _("This computer's keyring is locked, or its question was not answered."),
        _("Unlock the keyring (sign in to the desktop again), then try again."),
    ),
    ("Misconfigured", "keyring_lies"): lambda _e: _keyring(
        _("The keyring accepted a secret and did not give it back.")
    ),
    ("Misconfigured", "store_key_missing"): lambda _e: Message(
        _("Store key missing"),
        _("The key that opens this store's codes is not in the keyring."),
        _(
            "Start it as the user who sells here, or type the recovery sheet in: countercard recover. "
            "For a copy that is to be put back: countercard recover --backup FILE"
        ),
    ),
    ("Misconfigured", "store_key_wrong"): lambda _e: Message(
        _("Store key does not fit"),
        _("The key in the keyring does not open this store's codes."),
        _("Make sure that this is the right store, or type its sheet in: countercard recover"),
    ),
    ("Misconfigured", "training_key_missing"): lambda error: Message(
        _("Practice can not be opened"),
        _("The file with the key to the practice sales in {path} is missing or torn.").format(
            path=_fact(error, "path")
        ),
        _("No real sale and no money is lost. Move that folder away; then practice begins anew."),
    ),
    ("Misconfigured", "sheet_wrong"): lambda _e: Message(
        _("Not this store's sheet"),
        _("What was typed is a recovery sheet, but it does not open this store."),
        _("Look for the sheet that bears this store's number. Nothing was changed."),
    ),
    ("Misconfigured", "settings_unreadable"): lambda error: Message(
        _("Settings not readable"),
        _where_in_settings(error),
        _("Correct the file or move it away; then the settings begin anew. No sale is lost."),
    ),
    ("Misconfigured", "sandbox_unreadable"): lambda error: Message(
        _("Sandbox not found"),
        _("{path} does not hold the line a running sandbox prints when it is ready.").format(
            path=_fact(error, "path")
        ),
        _("Start one with: countercard sandbox > FILE"),
    ),
    ("Misconfigured", "unknown_provider"): lambda error: Message(
        _("Unknown card company"),
        _("There is no card company called {provider} here.").format(provider=_fact(error, "provider")),
        "",
    ),
    ("Misconfigured", "wrong_store_kind"): lambda _e: Message(
        _("Wrong store"),
        _("Training and real sales are never kept in one store."),
        _("Name another store with --store."),
    ),
    ("DeviceProblem", "no_printer"): lambda _e: Message(
        _("No printer"),
        _("No printer is set up."),
        _("Codes can be shown on the screen; they stay safe until printed."),
    ),
    ("DeviceProblem", "can_not_write"): lambda _e: Message(
        _("Not printed"),
        _("The slips could not be written. The codes are safe."),
        _("Check the folder and the disk, then print again."),
    ),
    ("DeviceProblem", "can_not_render"): lambda _e: Message(
        _("Not printed"),
        _("This slip has characters the printer can not print. The codes are safe."),
        _("Print it on another printer, or show the code on the screen."),
    ),
    ("DeviceProblem", "would_misprint"): lambda _e: Message(
        _("Not printed"),
        _(
            "What would have been printed was read back first, and a code in it was not whole. "
            "Nothing was sent to the printer. The codes are safe."
        ),
        _("Print it on another printer, or show the code on the screen."),
    ),
    ("DeviceProblem", "cover_open"): lambda _e: Message(
        _("Printer open"),
        _("The printer's cover is open."),
        _("Close the cover, then try again."),
    ),
    ("DeviceProblem", "no_paper"): lambda _e: Message(
        _("No paper"),
        _("The printer has no paper."),
        _("Put in a new roll and close the cover, then try again."),
    ),
    ("DeviceProblem", "paper_low"): lambda _e: Message(
        _("Little paper"),
        _("The printer's roll is nearly at its end. It still prints."),
        _("Have a new roll at hand."),
    ),
    ("DeviceProblem", "printer_mute"): lambda _e: Message(
        _("Printer's state not known"),
        _("The printer takes our call and does not say how it is. It may print all the same."),
        _("Look at the printer: paper in, cover closed, no red light."),
    ),
    ("DeviceProblem", "printer_error"): lambda _e: Message(
        _("Printer error"),
        _("The printer reports an error: a paper jam, a blocked cutter, or it is too hot."),
        _("Open it and clear the paper way, switch it off and on, then try again."),
    ),
    ("DeviceProblem", "printer_offline"): lambda _e: Message(
        _("Printer not ready"),
        _("The printer says that it can not print at the moment."),
        _("Look at its lights and its cover, then try again."),
    ),
    ("DeviceProblem", "printer_not_found"): lambda error: Message(
        _("Printer not found"),
        _("No device has the printer's address {printer}.").format(printer=_fact(error, "printer")),
        _("Check the printer's address in the settings."),
    ),
    ("DeviceProblem", "printer_no_route"): lambda error: Message(
        _("Printer not reached"),
        _("The network has no way to the printer {printer}.").format(printer=_fact(error, "printer")),
        _("Check the network cable or the wireless of this computer and of the printer."),
    ),
    ("DeviceProblem", "printer_refused"): lambda error: Message(
        _("Printer not reached"),
        _("{printer} does not take our call: another till is printing, or it is no printer.").format(
            printer=_fact(error, "printer")
        ),
        _("Wait a moment and try again. If it stays so, switch the printer off and on."),
    ),
    ("DeviceProblem", "printer_silent"): lambda error: Message(
        _("Printer not reached"),
        _("The printer {printer} does not answer.").format(printer=_fact(error, "printer")),
        _("Check that it is switched on and in the network, then try again."),
    ),
    ("DeviceProblem", "device_missing"): lambda error: Message(
        _("Printer not found"),
        _("There is no printer at {printer}.").format(printer=_fact(error, "printer")),
        _("Check its cable and that it is switched on. Otherwise choose its port in the settings."),
    ),
    ("DeviceProblem", "device_not_allowed"): lambda error: Message(
        _("Printer not allowed"),
        _("This user of the computer may not use {printer}.").format(printer=_fact(error, "printer")),
        _("Whoever looks after the computer adds the user to the group lp (USB) or dialout (serial)."),
    ),
    ("DeviceProblem", "device_busy"): lambda error: Message(
        _("Printer not reached"),
        _("Another program is using {printer}.").format(printer=_fact(error, "printer")),
        _("Wait a moment and try again. If it stays so, close the other program."),
    ),
    ("DeviceProblem", "device_wrong"): lambda error: Message(
        _("No printer"),
        _("{printer} is no printer's device.").format(printer=_fact(error, "printer")),
        _("Choose the printer's port in the settings, such as /dev/usb/lp0 or COM3."),
    ),
    ("DeviceProblem", "spooler_gone"): lambda _e: Message(
        _("Printer not reached"),
        _("This computer's print service does not answer."),
        _("Restart the computer, or print another way: choose another printer."),
    ),
    ("DeviceProblem", "queue_missing"): lambda error: Message(
        _("Printer not found"),
        _("This computer has no printer called {printer}.").format(printer=_fact(error, "printer")),
        _("Choose a printer in the settings."),
    ),
    ("DeviceProblem", "queue_stopped"): lambda error: Message(
        _("Printer not ready"),
        _("The printer {printer} is paused in this computer's printer list.").format(
            printer=_fact(error, "printer")
        ),
        _("Resume it there, then try again."),
    ),
    ("DeviceProblem", "queue_refused"): lambda error: Message(
        _("Not printed"),
        _("This computer's print service did not take the paper for {printer}. The codes are safe.").format(
            printer=_fact(error, "printer")
        ),
        _("Try again, or choose another printer."),
    ),
    ("DeviceProblem", "queue_held"): lambda error: Message(
        _("Not printed"),
        _("The paper waited for {printer} and was taken back. The codes are safe.").format(
            printer=_fact(error, "printer")
        ),
        _("Look whether the printer is paused or busy, then print again."),
    ),
    ("DeviceProblem", "queue_mute"): lambda _e: Message(
        _("Printer's state not known"),
        _("This computer's print service takes papers and does not say how the printer is."),
        _("Look at the printer: paper in, cover closed, no red light."),
    ),
    ("DeviceProblem", "queue_gave_up"): lambda _e: _maybe_printed(
        _("The printer did not finish the paper in time. What was left of it was taken back.")
    ),
    ("DeviceProblem", "queue_unknown"): lambda _e: _maybe_printed(
        _("This computer's print service does not say what became of the paper. It may still come out.")
    ),
    ("DeviceProblem", "drawer_not_opened"): lambda _e: Message(
        _("Drawer not opened"),
        _("The cash drawer was not opened: the printer did not take the signal."),
        _("Open it with its key. The sale goes on."),
    ),
    ("DeviceProblem", "connection_lost"): lambda _e: _maybe_printed(
        _("The connection to the printer broke in the middle of the paper.")
    ),
    ("DeviceProblem", "printer_stalled"): lambda _e: _maybe_printed(
        _("The printer stopped taking the paper's data.")
    ),
    ("DeviceProblem", "printer_stopped"): lambda _e: _maybe_printed(
        _("The printer stopped in the middle of the paper: its cover was opened, or it has an error.")
    ),
    ("DeviceProblem", "printer_fell_silent"): lambda _e: _maybe_printed(
        _("The printer took the paper's data and does not say whether it printed it.")
    ),
    ("DeviceProblem", "paper_ran_out"): lambda _e: _maybe_printed(
        _("The printer's roll ended in the middle of the paper.")
    ),
    ("DeviceProblem", "print_interrupted"): lambda _e: _maybe_printed(
        _("Countercard was closed while the paper was on its way to the printer.")
    ),
    ("StoreProblem", "in_use"): lambda _e: Message(
        _("Already open"),
        _("This store is open in another Countercard on this computer."),
        _("Go to that window, or close it first."),
    ),
    ("StoreProblem", "newer"): lambda _e: Message(
        _("Newer store"),
        _("This store was written by a newer Countercard."),
        _("Install that version; nothing was changed."),
    ),
    ("StoreProblem", "damaged"): lambda _e: Message(
        _("Store damaged"),
        _("The store's file is damaged. Nothing was changed."),
        _("Keep the file as it is and call your support."),
    ),
    ("StoreProblem", "full"): lambda _e: Message(
        _("Disk full"),
        _("The disk is full. Nothing can be sold until there is room."),
        _("Free some space on the disk, then try again."),
    ),
    ("StoreProblem", "read_only"): lambda _e: Message(
        _("Can not write"),
        _("The store's folder can not be written to."),
        _("Check the disk and the folder's rights, then try again."),
    ),
    ("StoreProblem", "broken_journal"): lambda _e: Message(
        _("Journal does not hold together"),
        _("A line of the journal was changed from outside."),
        _("Run: countercard journal verify"),
    ),
    ("StoreProblem", "missing"): lambda error: Message(
        _("No store here"),
        _("There is no store in {path}.").format(path=_fact(error, "path")),
        _("Name the store with --store, or sell something first."),
    ),
    ("StoreProblem", "gone"): lambda error: Message(
        _("Store's file is gone"),
        _("{path} has been a store, and its database is missing or empty now.").format(
            path=_fact(error, "path")
        ),
        _("Put the database back. To begin anew, name another store; nothing was changed."),
    ),
    ("StoreProblem", "network_drive"): lambda error: Message(
        _("Store on a network drive"),
        _("{path} lies on a network drive ({drive}). A store can be damaged there, and orders lost.").format(
            path=_fact(error, "path"), drive=_fact(error, "drive")
        ),
        _("Move the folder to a drive of this computer, then open it there. Nothing was changed."),
    ),
    ("StoreProblem", "elsewhere"): lambda error: Message(
        _("Moved or copied?"),
        _("{path} is not where this store was sold from before: it was moved, or this is a copy.").format(
            path=_fact(error, "path")
        ),
        _(
            "If it was moved for good, say so here, or with: countercard moved-here. Never open it at its "
            "old place then. If it is a copy, sell from the original and only look at this one."
        ),
    ),
    ("StoreProblem", "not_a_backup"): lambda error: Message(
        _("No backup"),
        _("{path} is no copy of a store. Nothing was changed.").format(path=_fact(error, "path")),
        _("See which backups there are with: countercard backups"),
    ),
    ("StoreProblem", "not_copied"): lambda error: Message(
        _("Copy not written"),
        _("{path} could not be written. The store is as it was.").format(path=_fact(error, "path")),
        _("See that its folder is there, can be written to and has room, then try again."),
    ),
    ("StoreProblem", "other_store"): lambda error: Message(
        _("Another store's backup"),
        _("{path} is a copy of another store than the one that lies here. Nothing was changed.").format(
            path=_fact(error, "path")
        ),
        _("Name the store it belongs to with --store, or a folder where there is no store yet."),
    ),
    ("StoreProblem", "unavailable"): lambda _e: Message(
        _("Store not available"),
        _("The store can not be opened or read at this moment."),
        _("Try again; if it stays so, check the disk."),
    ),
}


def _no_answer(error: PosError) -> Message:
    if _fact(error, "because") == "somebody_else":
        return Message(
            _("Somebody else answered"),
            _("A web page came back instead of the card company's answer. {nothing}").format(
                nothing=_nothing_bought()
            ),
            _("Open a browser: this network may ask you to sign in first. Then try again."),
        )
    return Message(
        _("No answer"),
        _("The card company gave no answer that can be read. {nothing}").format(nothing=_nothing_bought()),
        _("Try again in a moment."),
    )


def _signature() -> Message:
    return Message(
        _("Signature not accepted"),
        _("The card company did not accept the signature of our request, or wants one. {nothing}").format(
            nothing=_nothing_bought()
        ),
        _("Call the manager: the signing key has to fit the public key in the company's security settings."),
    )


def _come_back(error: PosError) -> str:
    """When to try again, as far as the provider said."""
    seconds = error.facts.get("retry_after")
    if not isinstance(seconds, int):
        return _("Wait a minute and try again.")
    if seconds <= _LONGEST_IN_SECONDS:
        return ngettext("Try again in one second.", "Try again in {n} seconds.", max(seconds, 1)).format(
            n=max(seconds, 1)
        )
    minutes = -(-seconds // 60)
    if minutes <= _LONGEST_IN_MINUTES:
        return ngettext("Try again in one minute.", "Try again in {n} minutes.", minutes).format(n=minutes)
    hours = -(-minutes // 60)
    return ngettext("Try again in one hour.", "Try again in {n} hours.", hours).format(n=hours)


def _unknown(what: str) -> Message:
    return Message(
        _("Not confirmed"),
        _("{what} The card may have been bought.").format(what=what),
        _("Do not sell it again. Give the customer the pending slip; the order stays open."),
    )


def _keyring(what: str) -> Message:
    return Message(
        _("No safe place for keys"),
        what,
        _("Install and unlock a keyring (on Linux: gnome-keyring or KWallet). Until then nothing is sold."),
    )


def _maybe_printed(what: str) -> Message:
    return Message(
        _("Perhaps printed"),
        _("{what} The codes are safe.").format(what=what),
        _(
            "Look at what came out. If it is whole, hand it over. If not, destroy it and print again; "
            "the new one says DUPLICATE."
        ),
    )


def _embedded(error: PosError) -> str:
    broken = error.facts.get("problem")
    return problem(broken) if isinstance(broken, Problem) else ""


_Sentence = Callable[[Problem], str]


def _too_long(broken: Problem) -> str:
    return _("At most {most} characters have room on the paper.").format(most=_count(broken, "most"))


def _not_printable(_broken: Problem) -> str:
    return _("This holds something that can not be printed: a line end or a character without a shape.")


_PROBLEMS: dict[tuple[str, str], _Sentence] = {
    ("amount", "missing"): lambda _p: _("Enter an amount."),
    ("amount", "unreadable"): lambda _p: _("This is not an amount. Write it like 25 or 25.00."),
    ("amount", "not_positive"): lambda _p: _("The amount must be more than zero."),
    ("amount", "foreign_currency"): lambda p: _("This shop does not sell in {currency}.").format(
        currency=p.facts.get("currency")
    ),
    ("amount", "other_value"): lambda p: _("This card is worth {face}, no other amount.").format(
        face=_amount(p, "face")
    ),
    ("amount", "too_little"): lambda p: _("The smallest amount for this card is {least}.").format(
        least=_amount(p, "least")
    ),
    ("amount", "too_much"): lambda p: _("The largest amount for this card is {most}.").format(
        most=_amount(p, "most")
    ),
    ("price", "not_positive"): lambda _p: _("The price must be more than zero."),
    ("quantity", "out_of_range"): lambda p: _("Choose 1 to {most} cards.").format(most=_count(p, "most")),
    ("quantity", "one_per_email"): lambda _p: _("One card by e-mail at a time."),
    ("email", "missing"): lambda _p: _("Enter the recipient's e-mail address."),
    ("email", "no_address"): lambda _p: _("This is not a complete e-mail address. Example: kim@mail.example"),
    ("name", "too_long"): lambda p: _("The name has more than {most} characters.").format(
        most=_count(p, "most")
    ),
    ("message", "too_long"): lambda p: _("The message has more than {most} characters.").format(
        most=_count(p, "most")
    ),
    ("barcode", "missing"): lambda _p: _("Scan the barcode, or type its number."),
    ("barcode", "too_short"): lambda p: _("A barcode that is scanned has {least} characters or more.").format(
        least=_count(p, "least")
    ),
    ("barcode", "too_long"): lambda p: _("A barcode has {most} characters or fewer.").format(
        most=_count(p, "most")
    ),
    ("barcode", "sale_number"): lambda _p: _("This is a sale's number, off a receipt or slip of this till."),
    ("barcode", "unreadable"): lambda _p: _("This is no barcode: it has signs that nobody can read."),
    ("barcode", "check_digit"): lambda _p: _(
        "The last digit does not fit the others: a digit is wrong. Scan it again."
    ),
    ("region", "unknown"): lambda _p: _("Choose one of the states, or Elsewhere."),
    ("limit", "unreadable"): lambda _p: _("Enter an amount such as 500. Empty: no such limit."),
    ("merchant", "missing"): lambda _p: _("Choose a merchant."),
    ("merchant", "several"): lambda _p: _("Several merchants have this name: choose one by its number."),
    ("basket", "empty"): lambda _p: _("The basket is empty."),
    ("currency", "foreign_currency"): lambda p: _("This shop does not sell in {currency}.").format(
        currency=p.facts.get("currency")
    ),
    ("stock", "not_available"): lambda p: ngettext(
        "Not in stock at the moment.", "{n} of these are not in stock at the moment.", _count(p, "quantity")
    ).format(n=_count(p, "quantity")),
    ("stock", "balance_too_low"): lambda _p: _(
        "The shop's balance with the card company is too low for this."
    ),
    ("email", "not_for_codes"): lambda _p: _("This card goes on paper: it has no recipient."),
    ("tenders", "foreign_currency"): lambda p: _("The money must be in {currency}.").format(
        currency=p.facts.get("currency")
    ),
    ("tenders", "not_positive"): lambda _p: _("The amount must be more than zero."),
    ("tenders", "incomplete"): lambda p: _("{missing} is still missing.").format(
        missing=_amount(p, "missing")
    ),
    ("tenders", "change_needs_cash"): lambda p: _("{over} too much: change is given on cash only.").format(
        over=_amount(p, "over")
    ),
    ("part", "too_much"): lambda p: _("At most {most} is left to pay. More is not taken this way.").format(
        most=_amount(p, "most")
    ),
    ("parts", "too_much"): lambda p: _(
        "{over} too much was taken, and only cash gives change."
        " Take out a part that is not cash, give it back, and take what there is to pay."
    ).format(over=_amount(p, "over")),
    ("rung", "missing"): lambda _p: _("Enter the number of the sale on the main till."),
    ("reference", "missing"): lambda _p: _("Enter the reference from the card terminal's slip."),
    ("reference", "twice"): lambda p: _(
        "{reference} is in this sale already: one slip of the card terminal pays once."
        " Enter the number of this payment."
    ).format(reference=p.facts.get("reference")),
    ("shop_name", "missing"): lambda _p: _("Enter the shop's name: it stands on every receipt."),
    ("shop_name", "too_long"): _too_long,
    ("shop_name", "not_printable"): _not_printable,
    ("address", "too_long"): _too_long,
    ("address", "not_printable"): _not_printable,
    ("phone", "too_long"): _too_long,
    ("phone", "not_printable"): _not_printable,
    ("currency", "unknown"): lambda _p: _("Enter the currency's three letters. Example: USD"),
    ("zone", "unknown"): lambda _p: _("Choose the time zone of the shop. Example: America/New_York"),
    ("register", "not_two_digits"): lambda _p: _("The register's number has two digits. Example: 01"),
    ("cashier", "missing"): lambda _p: _("Enter who sells here: the name stands on every receipt."),
    ("cashier", "too_long"): _too_long,
    ("cashier", "not_printable"): _not_printable,
    ("supplier", "missing"): lambda _p: _("Without a card company there is nothing to sell. Name one."),
    ("secret", "missing"): lambda _p: _("Enter the key the card company gave you."),
    ("secret", "goes_elsewhere"): lambda _p: _(
        "What was changed leads elsewhere. Enter this key once more: the kept one goes where it goes now."
    ),
    ("secret", "not_a_key"): lambda _p: _("This is not a key: it has blanks or characters no key has."),
    ("account", "orders_open"): lambda p: ngettext(
        "{n} order bought with the key until now is still open: only that key gets its codes."
        " Settle it under Attention first. Otherwise an administrator uses: countercard key",
        "{n} orders bought with the key until now are still open: only that key gets their codes."
        " Settle them under Attention first. Otherwise an administrator uses: countercard key",
        _count(p, "n"),
    ).format(n=_count(p, "n")),
    ("account", "orders_on_their_way"): lambda _p: _(
        "An order is on its way to a card company. Wait for its answer, then try again."
    ),
    ("setting", "not_an_address"): lambda _p: _("The address begins with https:// and a name."),
    ("setting", "unreadable"): lambda _p: _("This can not be so. Compare it with the card company's letter."),
    ("printer", "unknown"): lambda _p: _("Choose a folder, a kind of printer, or the screen only."),
    ("folder", "missing"): lambda _p: _("Name the folder slips are written to."),
    ("folder", "in_store"): lambda _p: _(
        "Choose a folder outside the store: whoever copies the store would have the codes."
    ),
    ("folder", "not_whole"): lambda _p: _("Name the whole path of the folder, from its beginning."),
    ("host", "missing"): lambda _p: _("Enter the printer's name or IP number. Its test page shows it."),
    ("host", "unreadable"): lambda _p: _("This is no name and no IP number. Example: 192.168.1.50"),
    ("port", "out_of_range"): lambda _p: _("The port is a number from 1 to 65535. Most printers use 9100."),
    ("columns", "out_of_range"): lambda p: _("Choose {least} to {most} characters on a line.").format(
        least=_count(p, "least"), most=_count(p, "most")
    ),
    ("device", "missing"): lambda _p: _("Enter the printer's device file. Example: /dev/usb/lp0"),
    ("device", "missing_port"): lambda _p: _("Enter the serial port. Example: COM3 or /dev/ttyUSB0"),
    ("device", "too_long"): _too_long,
    ("device", "unreadable"): _not_printable,
    ("baud", "out_of_range"): lambda _p: _("Choose the speed on the printer's test page. Most use 9600."),
    ("queue", "missing"): lambda _p: _("Choose one of the printers this computer knows."),
    ("queue", "too_long"): _too_long,
    ("queue", "unreadable"): _not_printable,
    ("dots", "unknown"): lambda _p: _("Choose one of the numbers of dots."),
    ("form", "unknown"): lambda _p: _("Choose how slips are sent to the printer."),
    ("symbol", "unknown"): lambda _p: _("Choose QR or Code 128."),
    ("sheet", "unknown"): lambda _p: _("Choose a roll, A4 or Letter."),
    ("drawer", "unknown"): lambda _p: _("Choose the contact the drawer hangs at, or none."),
    ("header", "too_long"): _too_long,
    ("header", "not_printable"): _not_printable,
    ("terms", "too_long"): _too_long,
    ("terms", "not_printable"): _not_printable,
    ("footer", "too_long"): _too_long,
    ("footer", "not_printable"): _not_printable,
    ("tax", "too_long"): _too_long,
    ("tax", "not_printable"): _not_printable,
    ("logo", "unreadable"): lambda _p: _("This file is no picture that can be printed. Choose another."),
    ("logo", "too_long"): _too_long,
    ("smallest_coin", "unknown"): lambda _p: _("Choose the smallest coin of this shop."),
    ("large_print", "unknown"): lambda _p: _("Choose whether slips are in large print."),
    ("profile", "unknown"): lambda _p: _("There is no printer of this name; default suits most."),
    ("manager", "missing"): lambda _p: _("Enter the manager's name."),
    ("manager", "too_long"): _too_long,
    ("manager", "not_printable"): _not_printable,
    ("manager", "taken"): lambda _p: _("There is a manager of this name already."),
    ("manager", "unknown"): lambda _p: _("There is no manager of this name any more."),
    ("manager", "last"): lambda _p: _("Nobody else could decide then. Add another manager first."),
    ("pin", "not_digits"): lambda p: _("A PIN has {least} to {most} digits.").format(
        least=_count(p, "least"), most=_count(p, "most")
    ),
    ("pin", "too_easy"): lambda _p: _("Anybody would try this PIN first. Choose another."),
    ("again", "different"): lambda _p: _("The two PINs differ. Type the same PIN twice."),
    ("recovery", "mistyped"): lambda p: _("Wrong: group {groups}. Compare it with the sheet.").format(
        groups=p.facts.get("groups")
    ),
    ("recovery", "another_form"): lambda _p: _(
        "Every group holds, but this is no sheet this version of Countercard can read."
    ),
}


_STATUSES: dict[Status, Callable[[], str]] = {
    Status.TO_DO: lambda: _("Paid, not ordered yet"),
    Status.IN_PROGRESS: lambda: _("In progress"),
    Status.NOT_CONFIRMED: lambda: _("Not confirmed"),
    Status.CODES_PENDING: lambda: _("Bought, codes pending"),
    Status.TO_BE_CONFIRMED: lambda: _("To be confirmed by the sender"),
    Status.FULFILLED: lambda: _("Done"),
    Status.REFUSED: lambda: _("Refused"),
    Status.NOT_BOUGHT: lambda: _("Not bought"),
    Status.WITHDRAWN: lambda: _("Given up"),
}

_TENDERS: dict[TenderKind, Callable[[], str]] = {
    "cash": lambda: _("cash"),
    "terminal": lambda: _("card terminal"),
    "other": lambda: _("main till"),
}

_REFUSALS: dict[str, Callable[[], str]] = {
    "unknown_item": lambda: _("The card company does not sell this card any more."),
    "no_balance": lambda: _("The shop's balance with the card company is too low."),
    "out_of_stock": lambda: _("The card company has none left."),
    "bad_request": lambda: _("The card company did not accept the order."),
    "bad_email": lambda: _("The card company did not accept the e-mail address."),
    "bad_merchant": lambda: _("The card company does not know this merchant."),
    "bad_amount": lambda: _("The card company did not accept the amount."),
    "other": lambda: _("The card company did not sell this card."),
}
