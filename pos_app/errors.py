"""The six things that can go wrong outside our own code. Everything else is a bug.

An error carries a `reason` from a closed list and plain facts, never words for people (those are made by
`messages.explain`) and never a code, PIN, key or e-mail address.
"""

from __future__ import annotations

from typing import ClassVar


class PosError(Exception):
    """Something outside our code went wrong, and a person can act on it.

    `reason` is one of the class's `REASONS`; `facts` are named values the message may mention.
    """

    REASONS: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, reason: str, **facts: object) -> None:
        if reason not in self.REASONS:
            raise AssertionError(f"{type(self).__name__} knows no reason {reason!r}")
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


class NotTaken(PosError):
    """Proof that the provider never took the request up: nothing was bought, nothing was charged."""

    REASONS = frozenset(
        {
            "name_not_found",
            "service_ended",
            "led_elsewhere",
            "connection_refused",
            "tls_failed",
            "no_free_connection",
            "unauthorized",
            "signature_refused",
            "no_challenge",
            "too_many_requests",
            "no_fence",
            "offline",
            "no_answer",
        }
    )


class OutcomeUnknown(PosError):
    """The request may have been carried out; nobody knows. It must not be sent again."""

    REASONS = frozenset({"silence", "cut", "not_kept", "unreadable", "server_error", "unexpected"})


class NotAllowed(PosError):
    """A rule of ours, or the state of an order, does not allow it."""

    REASONS = frozenset(
        {
            "already_sent",
            "moved_on",
            "in_flight",
            "nothing_to_refund",
            "lane_taken",
            "account_paused",
            "needs_a_manager",
            "only_as_loss",
            "too_many_cards",
            "money_owed",
            "not_parked",
            "not_claimable",
            "unknown_claim",
            "claimed_before",
            "not_sellable",
            "unknown_order",
            "no_codes",
            "purged",
            "not_finished",
            "invalid_draft",
            "money_incomplete",
            "live_address_in_training",
            "other_account",
            "key_changes",
            "orders_on_their_way",
            "orders_open",
            "not_set_up",
            "set_up_before",
            "already_claimed",
            "code_seen_before",
            "code_twice",
            "codes_unreadable",
            "code_in_evidence",
            "too_many_codes",
            "no_such_provider_order",
            "other_provider_order",
            "older_provider_order",
            "age_not_told",
            "account_busy",
            "other_amount",
            "others_open",
            "item_not_told",
            "too_early",
            "list_not_read",
            "needs_evidence",
            "nothing_to_settle",
            "not_a_manager",
            "amount_unreadable",
            "file_exists",
            "inside_the_store",
            "only_looking",
            "guarded",
        }
    )


class Misconfigured(PosError):
    """Keys, addresses, certificates or settings are missing or wrong."""

    REASONS = frozenset(
        {
            "no_key",
            "key_refused",
            "signature_refused",
            "signing_key_unreadable",
            "plain_http",
            "keyring_missing",
            "keyring_weak",
            "keyring_locked",
            "keyring_lies",
            "store_key_missing",
            "store_key_wrong",
            "training_key_missing",
            "sheet_wrong",
            "settings_unreadable",
            "sandbox_unreadable",
            "unknown_provider",
            "wrong_store_kind",
        }
    )


class DeviceProblem(PosError):
    """A printer or another device did not do its work; no sale is lost by it."""

    WARNINGS: ClassVar[frozenset[str]] = frozenset(
        {"drawer_not_opened", "paper_low", "printer_mute", "queue_mute"}
    )
    MAYBE_PRINTED: ClassVar[frozenset[str]] = frozenset(
        {
            "connection_lost",
            "paper_ran_out",
            "print_interrupted",
            "printer_fell_silent",
            "printer_stalled",
            "printer_stopped",
            "queue_gave_up",
            "queue_unknown",
        }
    )
    REASONS = (
        WARNINGS
        | MAYBE_PRINTED
        | {
            "no_printer",
            "can_not_write",
            "can_not_render",
            "would_misprint",
            "cover_open",
            "device_busy",
            "device_missing",
            "device_not_allowed",
            "device_wrong",
            "no_paper",
            "printer_error",
            "printer_no_route",
            "printer_not_found",
            "printer_offline",
            "printer_refused",
            "printer_silent",
            "queue_held",
            "queue_missing",
            "queue_refused",
            "queue_stopped",
            "spooler_gone",
        }
    )

    OF_ONE_PAPER: ClassVar[frozenset[str]] = frozenset({"can_not_render", "would_misprint"})
    """What is wrong with one paper and need not be wrong with the next one."""

    @property
    def hinders(self) -> bool:
        """Whether it keeps the device from its work; otherwise it is only worth to be known."""
        return self.reason not in self.WARNINGS

    @property
    def maybe_printed(self) -> bool:
        """Whether the paper, or a part of it, may have come out all the same."""
        return self.reason in self.MAYBE_PRINTED


class StoreProblem(PosError):
    """The store can not be opened, read or written; selling stops."""

    REASONS = frozenset(
        {
            "in_use",
            "newer",
            "damaged",
            "full",
            "read_only",
            "broken_journal",
            "unavailable",
            "missing",
            "gone",
            "network_drive",
            "elsewhere",
            "not_a_backup",
            "not_copied",
            "other_store",
        }
    )
