"""The rows lists are made of, written in the transaction of the entry they follow from."""

from __future__ import annotations

from pos_app.orders.cards import SealedCard
from pos_app.orders.entries import (
    Answered,
    AnyEntry,
    ClaimClosed,
    Claimed,
    CodesArrived,
    GivenOn,
    MadeSpare,
    Refunded,
    Settled,
    Supplied,
    TurnedUp,
)
from pos_app.orders.order import Order, Phase
from pos_app.seal import normalised
from pos_app.store.database import Tx

_WAITING = frozenset({Phase.TO_DO, Phase.SENT})
_STATE = ("phase", "waits", "provider_order_no", "odd")
_ODD = frozenset({"other_cost", "costs_do_not_add_up", "provider_order_seen_before"})
_MOVES_CARDS = (
    Answered | CodesArrived | Settled | TurnedUp | Refunded | Supplied | GivenOn | MadeSpare | Claimed
) | ClaimClosed


def waits(order: Order) -> bool:
    """Whether the order waits for somebody.

    It is not finished, not handed over, money is to be given back, or something turned up behind a verdict.
    Codes that come late are waited for while the customer has a claim to them.
    """
    late = order.phase is Phase.CODES_PENDING and (
        not order.taken_back
        or len(order.handed_cards) < order.customers
        or any(order.lacks_pin(card) for card in order.handed_cards)
    )
    owed = order.money_owed is not None
    return order.phase in _WAITING or late or order.not_handed_over or owed or order.reopened or order.unread


def standing(order: Order, card: SealedCard) -> str:
    """Whose a card of `order` is: `customer`, `parked`, `spare`, `claimed` back, or `gone`."""
    if card.id in order.gone:
        return "gone"
    if any(card.id in claim.cards for claim in order.claims):
        return "claimed"
    if card.id in order.spare:
        return "spare"
    return "parked" if card.parked else "customer"


def odd(order: Order) -> bool:
    """Whether something about the order may be claimed that none of its cards tells of, and was not yet.

    It was charged otherwise than quoted, an order of the company's came twice, or one turned up that was
    judged as not bought.
    """
    if any(isinstance(one, Claimed) and one.why in {"wrong_charge", "turned_up"} for one in order.entries):
        return False
    told = [one for one in order.entries if isinstance(one, Answered | CodesArrived | Settled | TurnedUp)]
    late = order.phase is Phase.NOT_BOUGHT and any(
        isinstance(one, TurnedUp) and one.word == "yes" for one in told
    )
    return late or any(_ODD & set(one.flags) for one in told)


def write_rows(tx: Tx, order: Order, entry: AnyEntry, before: Order | None) -> None:
    """Bring the rows of `order` to where it stands after `entry`; None stood there `before` it was placed."""
    write_own_rows(tx, order, entry, before)
    if (claimed := claim_of(order, entry)) is not None:
        write_claim(tx, claimed)


def claim_of(order: Order, entry: AnyEntry) -> tuple[str, str, str] | None:
    """What `entry` claims for `order`, if nobody did so before: account, the provider's order id, our own."""
    if isinstance(entry, Answered | Settled | TurnedUp) and entry.provider_order_id is not None:
        return order.placed.account, entry.provider_order_id, order.id
    return None


def write_claim(tx: Tx, claimed: tuple[str, str, str]) -> None:
    """Write a claim; it belongs to whoever came first."""
    tx.execute(
        "INSERT INTO claim (account, provider_order_id, order_id) VALUES (?, ?, ?)"
        " ON CONFLICT (account, provider_order_id) DO NOTHING",
        claimed,
    )


def write_own_rows(tx: Tx, order: Order, entry: AnyEntry, before: Order | None) -> None:
    """Bring those rows of `order` to where it stands after `entry` that no other order can want."""
    number = order.provider_order_no or order.provider_order_id or ""
    state = (str(order.phase), int(waits(order)), number, int(odd(order)))
    if before is None or not _change_order_row(tx, order, state, moved=before.phase is not order.phase):
        _insert_order_row(tx, order, state)
    match entry:
        case Claimed(claim=claim):
            sql = "INSERT INTO claimed_row (number, order_id, closed) VALUES (?, ?, 0)"
            tx.execute(sql, (claim, order.id))
        case ClaimClosed(claim=claim):
            tx.execute("UPDATE claimed_row SET closed = 1 WHERE number = ?", (claim,))
        case _:
            pass
    if isinstance(entry, _MOVES_CARDS):
        for card in order.cards:
            _write_card_row(tx, order, card)


def _change_order_row(tx: Tx, order: Order, state: tuple[str, int, str, int], *, moved: bool) -> bool:
    """Change what has changed in the order's row; False when there is none.

    An index is written for each column that is named, whatever its value: what stays is not named.
    """
    if not moved and tx.execute(
        "UPDATE order_row SET n = ? WHERE order_id = ? AND phase = ? AND waits = ? AND provider_order_no = ?"
        " AND odd = ?",
        (order.n, order.id, *state),
    ):
        return True
    found = tx.one(
        "SELECT phase, waits, provider_order_no, odd FROM order_row WHERE order_id = ?", (order.id,)
    )
    if found is None:
        return False
    changed = [(name, new) for name, old, new in zip(_STATE, found, state, strict=True) if old != new]
    columns = ", ".join(f"{name} = ?" for name in ("n", *(name for name, _new in changed)))
    tx.execute(
        f"UPDATE order_row SET {columns} WHERE order_id = ?",  # noqa: S608
        (order.n, *(new for _name, new in changed), order.id),
    )
    return True


def _insert_order_row(tx: Tx, order: Order, state: tuple[str, int, str, int]) -> None:
    placed, sale = order.placed, order.placed.sale
    phase, waiting, number, is_odd = state
    tx.execute(
        "INSERT INTO order_row (order_id, sale_id, sale_number, position, at, register, by_whom, provider,"
        " account, item, brand, quantity, price_minor, currency, recipient_hint, phase, waits,"
        " provider_order_no, n, odd) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            order.id,
            sale.id,
            sale.number,
            sale.order_ids.index(order.id),
            sale.at.isoformat(timespec="microseconds"),
            sale.register,
            sale.by,
            placed.product.provider,
            placed.account,
            placed.product.item,
            placed.product.brand,
            placed.quantity,
            order.price.minor,
            order.price.currency,
            placed.recipient_hint,
            phase,
            waiting,
            number,
            order.n,
            is_odd,
        ),
    )


def _write_card_row(tx: Tx, order: Order, card: SealedCard) -> None:
    product = order.placed.product
    tx.execute(
        "INSERT INTO card_row (order_id, card_id, digest, rest_digest, last_four, provider, item,"
        " has_pin, standing, plain_digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (order_id, card_id)"
        " DO UPDATE SET has_pin = excluded.has_pin, rest_digest = excluded.rest_digest,"
        " standing = excluded.standing, plain_digest = excluded.plain_digest",
        (
            order.id,
            card.id,
            card.digest,
            card.rest_digest,
            normalised(card.last_four),
            product.provider,
            product.item,
            int(card.has_pin),
            standing(order, card),
            card.plain_digest,
        ),
    )
