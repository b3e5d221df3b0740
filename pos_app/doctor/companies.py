"""The keyring, the card companies' keys, and whether each company answers and takes ours."""

from __future__ import annotations

import shlex
import urllib.request
from collections.abc import Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Final

from pos_app.doctor.case import Case, Company
from pos_app.doctor.findings import Said
from pos_app.i18n import _, ngettext
from pos_app.opening import business, practice, store_keys
from pos_app.providers import SPECS
from pos_app.providers.base import ProviderSpec
from pos_app.providers.http import Http, Timing
from pos_app.training import read_ready

_MOST_APART: Final = timedelta(minutes=5)
# One question may be tried three times: each has to be over well before the check's own end.
_TIMING: Final = Timing(connect=5.0, reading=5.0, longest_pause=2.0)


async def keyring(case: Case) -> Said:
    """Whether the keyring keeps secrets and gives them back, now and without a question."""
    if not case.options.live:
        return Said("ok", _("Training needs no keyring."))
    await case.vault.get("nothing is called so")
    return Said("ok", _("The keyring is open and keeps what it is given."))


async def keys(case: Case, spec: ProviderSpec) -> Said:
    """Whether the shop's keys for the company are kept."""
    if case.options.live:
        kept = await store_keys(case.folder, case.vault)
        own, secrets = await business(spec, case.settings, kept)
        missing = [name for name in spec.secrets if name not in {*secrets, *spec.optional}]
    elif case.options.sandbox is not None:
        case.sandbox = case.sandbox or read_ready(case.options.sandbox)
        own, secrets = practice(spec, case.sandbox, case.options.sandbox)
        missing = []
    else:
        return Said("ok", _("Training plays this company itself."), ends=True)
    if not secrets and spec.name not in case.settings.providers:
        return Said("ok", _("This shop has no key for it and does not sell from it."), ends=True)
    if missing:
        return Said(
            "fail",
            _("Keys are missing in the keyring: {names}.").format(names=", ".join(missing)),
            _("Enter them with: countercard key {provider}").format(provider=_of_this_store(case, spec)),
        )
    case.companies[spec.name] = Company(own, secrets)
    return Said("ok", _("Its keys are kept."))


async def some_company(case: Case) -> Said:
    """Whether there is any company to buy from."""
    count = len(case.companies)
    if count:
        return Said(
            "ok",
            ngettext(
                "Cards are bought from {n} company.", "Cards are bought from {n} companies.", count
            ).format(n=count),
        )
    if case.options.live:
        return Said(
            "fail",
            _("There is no card company to buy from: no key is kept."),
            _("Finish the first start, or enter a key with: countercard key {provider}").format(
                provider=_of_this_store(case, SPECS[0])
            ),
        )
    return Said("ok", _("In training both companies are played on this computer."))


async def clocks(case: Case, spec: ProviderSpec) -> Said:
    """Whether anything answers there, and whether its clock and ours agree. No key is sent.

    Whether it is the company is not judged: nobody knows what a company shows those who ask for nothing.
    """
    company = case.companies[spec.name]
    address = str(company.own.model_dump().get("base_url", ""))
    http = Http(spec.name, address, _TIMING)
    try:
        reply = await http.read("GET", "/", {})
    finally:
        await http.close()
    apart = _apart(case, reply.header("date"))
    if apart is None:
        return Said("ok", _("It answers, and does not say what time it is."))
    if abs(apart) > _MOST_APART:
        minutes = round(abs(apart).total_seconds() / 60)
        behind = ngettext(
            "This computer's clock is {n} minute behind the company's.",
            "This computer's clock is {n} minutes behind the company's.",
            minutes,
        )
        ahead = ngettext(
            "This computer's clock is {n} minute ahead of the company's.",
            "This computer's clock is {n} minutes ahead of the company's.",
            minutes,
        )
        return Said(
            "warn",
            (behind if apart > timedelta(0) else ahead).format(n=minutes),
            _("Set date, time and time zone of this computer; best let it set them by itself."),
        )
    return Said("ok", _("It answers, and its clock and this computer's agree."))


async def account(case: Case, spec: ProviderSpec) -> Said:
    """Whether the company takes our keys, and whether anything is left to buy with."""
    company = case.companies[spec.name]
    provider = spec.open(company.own, company.secrets)
    try:
        balance = await provider.balance()
    finally:
        await provider.close()
    company.reached = True
    # How much it is stays here: the report may be shown to anybody.
    if balance is not None and balance.minor <= 0:
        return Said(
            "warn",
            _("It takes this shop's key; the balance there is used up."),
            _("Top up the balance, or nothing can be bought."),
        )
    return Said("ok", _("It takes this shop's key."))


async def network(case: Case) -> Said:
    """Whether something stands between the till and the internet that other programs know of."""
    if not case.companies:
        return Said("ok", _("Nobody in the internet is asked."))
    proxies = proxies_of(urllib.request.getproxies())
    if not proxies:
        return Said("ok", _("No proxy is set on this computer."))
    if all(company.reached for company in case.companies.values()):
        return Said("ok", _("A proxy is set on this computer; the companies are reached without it."))
    return Said(
        "warn",
        _("A proxy is set on this computer. Countercard does not use it, and did not reach every company."),
        _("Have the network let this computer out to the card companies without the proxy."),
    )


def _of_this_store(case: Case, spec: ProviderSpec) -> str:
    """What stands behind `countercard key`: keys are kept for one store, and not all are called `shop`."""
    return f"{spec.name} --store {shlex.quote(case.options.store)}" if case.options.store else spec.name


def _apart(case: Case, date: str | None) -> timedelta | None:
    """How far the company's clock is ahead of ours; None where it tells no time."""
    try:
        theirs = parsedate_to_datetime(date or "")
        return theirs - case.now()
    except (IndexError, OverflowError, TypeError, ValueError):
        return None


def proxies_of(known: Mapping[str, str]) -> set[str]:
    """Those schemes of `known` that lead to the internet's pages."""
    return {scheme for scheme in known if scheme in {"http", "https", "all"}}
