"""`countercard claims` and `countercard spares`: cards that are nobody's, and what is claimed for them."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from pos_app.claims import Claim, Proposal, claim_letter, claim_table, why_words
from pos_app.commands.exits import Exit
from pos_app.commands.manager import manager
from pos_app.commands.output import amount, emit, say
from pos_app.errors import NotAllowed, StoreProblem
from pos_app.i18n import _, money
from pos_app.money import Money
from pos_app.orders.order import Order
from pos_app.orders.rules import Problem
from pos_app.register import Register
from pos_app.spares import Lying


async def claims(register: Register, args: argparse.Namespace) -> Exit:
    """List claims and what could be claimed; open one, close one, write the file for the company."""
    if args.about is not None or args.close is not None:
        if not args.by or not args.evidence:
            raise NotAllowed("needs_evidence")
        by = await manager(register, args.by)
        if args.about is not None:
            await _open(register, args, by)
        else:
            order = await _claimed(register, args.close)
            asked = _amount(args.amount, order)
            await register.claims.close(args.close, args.outcome, amount=asked, by=by, evidence=args.evidence)
    found = await register.claims.list(closed=args.all)
    proposed = await register.claims.proposals()
    if args.file is not None:
        await _write(args.file, found)
    if args.json:
        emit(
            {
                "claims": [_claim_object(claim) for claim in found],
                "proposals": [_proposal_object(proposal) for proposal in proposed],
            }
        )
        return Exit.DONE
    text = claim_letter(found)
    say(text.rstrip("\n") if text else _("No claims."))
    for proposal in proposed:
        say(_proposal_line(proposal))
    return Exit.DONE


async def spares(register: Register, args: argparse.Namespace) -> Exit:
    """List the cards that are no customer's; make parked ones the shop's own."""
    if args.own is not None:
        if not args.by or not args.evidence or not args.card:
            raise NotAllowed("needs_evidence")
        by = await manager(register, args.by)
        await register.spares.make_spare(args.own, args.card, by, args.evidence)
    found = await register.spares.list()
    if args.json:
        emit([_lying_object(one) for one in found])
        return Exit.DONE
    for one in found:
        words = {
            "spare": _("the shop's own; sold next") if one.sellable else _("the shop's own"),
            "parked": _("parked"),
            "claimed": _("claimed: {number}").format(number=one.claim),
        }
        say(
            f"{one.order_id}  {one.card_id}  {one.sale_number}  {one.brand}  {money(one.face)}"
            f"  {one.masked}  {words[one.standing]}"
        )
    if not found:
        say(_("No such cards."))
    return Exit.DONE


async def _open(register: Register, args: argparse.Namespace, by: str) -> None:
    order = await register.sales.order(args.about)
    await register.claims.open(
        order.id,
        args.why,
        cards=args.card or (),
        amount=_amount(args.amount, order),
        by=by,
        evidence=args.evidence,
    )


async def _claimed(register: Register, number: str) -> Order:
    wanted = number.strip().upper()
    found = [claim.order for claim in await register.claims.list() if claim.number == wanted]
    if not found:
        raise NotAllowed("unknown_claim")
    return found[0]


def _amount(text: str | None, order: Order) -> Money | None:
    """What was typed, in the currency in which the order is charged."""
    if text is None:
        return None
    try:
        return Money.of(text, (order.placed.quoted or order.price).currency)
    except ValueError:
        raise NotAllowed("invalid_draft", problem=Problem("amount", "unreadable")) from None


async def _write(path: Path, found: tuple[Claim, ...]) -> None:
    """The table to `path`, and beside it the same for people, with `.txt` behind its name."""
    try:
        await asyncio.to_thread(path.write_text, claim_table(found), encoding="utf-8", newline="")
        letter = path.with_name(f"{path.name}.txt")
        await asyncio.to_thread(letter.write_text, claim_letter(found), encoding="utf-8")
    except OSError:
        raise StoreProblem("read_only", path=str(path)) from None


def _claim_object(claim: Claim) -> dict[str, object]:
    closed = claim.closed
    return {
        "claim": claim.number,
        "state": "open" if closed is None else closed.outcome,
        "why": claim.opened.why,
        "order_id": claim.order.id,
        "sale_number": claim.order.placed.sale.number,
        "cards": list(claim.opened.cards),
        "amount": None if claim.opened.amount is None else amount(claim.opened.amount),
    }


def _proposal_object(proposal: Proposal) -> dict[str, object]:
    return {
        "why": proposal.why,
        "order_id": proposal.order.id,
        "sale_number": proposal.order.placed.sale.number,
        "cards": list(proposal.cards),
        "amount": None if proposal.amount is None else amount(proposal.amount),
    }


def _proposal_line(proposal: Proposal) -> str:
    worth = "" if proposal.amount is None else f"  {money(proposal.amount)}"
    cards = f"  {', '.join(proposal.cards)}" if proposal.cards else ""
    order = proposal.order
    return _("could be claimed: {what}").format(
        what=f"{order.id}{cards}  {order.placed.sale.number}  {why_words(proposal.why)}{worth}"
    )


def _lying_object(one: Lying) -> dict[str, object]:
    return {
        "order_id": one.order_id,
        "card_id": one.card_id,
        "sale_number": one.sale_number,
        "provider": one.provider,
        "item": one.item,
        "what": one.brand,
        "face": amount(one.face),
        "masked": one.masked,
        "standing": one.standing,
        "sellable": one.sellable,
        "claim": one.claim or None,
        "flags": list(one.flags),
        "provider_order_no": one.provider_order_no or None,
    }
