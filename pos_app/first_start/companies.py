"""The card companies of a first start: what each wants to know, and whether it takes the keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from pos_app.errors import Misconfigured
from pos_app.first_start.pages import SecretField, SettingField, Supplier, SupplierTest
from pos_app.i18n import _
from pos_app.orders.rules import Problem
from pos_app.providers import SPECS
from pos_app.providers.base import Provider, ProviderSpec
from pos_app.providers.keys import is_a_key

_LABELS: Final[dict[tuple[str, str], Callable[[], str]]] = {
    ("cardpluspay", "api_key"): lambda: _("API key"),
    ("cardpluspay", "signing_key"): lambda: _("Private key for signed requests, if yours are signed"),
    ("levelup", "user_token"): lambda: _("User token: its account pays for the cards"),
    ("levelup", "merchant_token"): lambda: _("Merchant token: names the merchants whose cards you sell"),
}
# The companies' own modules say the same in English; here it is said in the language in force.
_ASKED: Final[dict[tuple[str, str], Callable[[], tuple[str, str]]]] = {
    ("cardpluspay", "base_url"): lambda: (
        _("Address"),
        _("Where CardPlusPay answers, with the version at the end"),
    ),
    ("cardpluspay", "currency"): lambda: (
        _("Account currency"),
        _("The currency of the prepaid balance, in which every purchase is charged"),
    ),
    ("cardpluspay", "signing"): lambda: (
        _("Signed requests"),
        _("Yes, if the dashboard's security settings ask for it; then a signing key is needed"),
    ),
    ("cardpluspay", "challenge_path"): lambda: (
        _("Path of the challenge"),
        _("Where, below the address, a signed request gets what it has to sign"),
    ),
    ("levelup", "base_url"): lambda: (_("Address"), _("Where LevelUp answers, without a version")),
}
# What pays is tried by paying, and by nothing else.
_UNTRIED: Final = frozenset({("levelup", "user_token")})

_LEADS_NOWHERE: Final = frozenset({"currency", "signing"})
"""Settings that do not say where a key travels to. Of any other one that is taken for granted."""


@dataclass(frozen=True)
class Entries:
    """Page 3 as it was typed, without what was left empty."""

    fields: dict[str, str]
    secrets: dict[str, str] = field(repr=False)


def spec_of(name: str) -> ProviderSpec:
    """The company called `name`. Raises Misconfigured("unknown_provider")."""
    for spec in SPECS:
        if spec.name == name:
            return spec
    raise Misconfigured("unknown_provider", provider=name)


def as_supplier(spec: ProviderSpec, chosen: Mapping[str, str], *, kept: bool) -> Supplier:
    """What is asked about a company; `chosen` are its settings as they are kept."""
    secrets = tuple(
        SecretField(name, _label(spec.name, name), name in spec.optional) for name in spec.secrets
    )
    fields = tuple(
        SettingField(
            name, *_words(spec.name, name, about), str(chosen.get(name, about.default)), _choices(about)
        )
        for name, about in spec.settings.model_fields.items()
    )
    return Supplier(spec.name, spec.title, spec.delivery, secrets, fields, kept)


def filled(typed: Mapping[str, str]) -> dict[str, str]:
    """What was typed, without blanks around it and without what was left empty."""
    return {name: text.strip() for name, text in typed.items() if text.strip()}


def provider_settings(spec: ProviderSpec, typed: Mapping[str, str]) -> tuple[BaseModel | None, list[Problem]]:
    """The company's settings out of what was typed, or what is wrong with it."""
    try:
        return spec.settings.model_validate(typed), []
    except ValidationError as error:
        names = dict.fromkeys(str(wrong["loc"][0]) for wrong in error.errors(include_input=False))
    return None, [
        Problem("setting", "not_an_address" if name == "base_url" else "unreadable", {"name": name})
        for name in names
    ]


def unlike_default(spec: ProviderSpec, typed: Mapping[str, str]) -> dict[str, str]:
    """Of what was typed, that which the company's settings do not say by themselves."""
    about = spec.settings.model_fields
    return {name: text for name, text in typed.items() if name in about and text != about[name].default}


def problems_with_secrets(spec: ProviderSpec, secrets: Mapping[str, str]) -> list[Problem]:
    """What is wrong with a company's keys by their form."""
    problems: list[Problem] = []
    for name in spec.secrets:
        secret, optional = secrets.get(name, ""), name in spec.optional
        if not secret and not optional:
            problems.append(Problem("secret", "missing", {"name": name}))
        elif not is_a_key(secret, one_word=not optional):
            problems.append(Problem("secret", "not_a_key", {"name": name}))
    return problems


def not_typed(
    spec: ProviderSpec, before: Mapping[str, str], entries: Entries, kept: Mapping[str, str]
) -> tuple[Problem, ...]:
    """The kept secrets that were not typed though they would go elsewhere than `before`, as problems."""
    own, problems = provider_settings(spec, entries.fields)
    until_now, _ = provider_settings(spec, before)
    if own is not None and until_now is not None:
        stays = until_now.model_dump(exclude=set(_LEADS_NOWHERE))
        if own.model_dump(exclude=set(_LEADS_NOWHERE)) == stays:
            return ()
    lacking = [name for name in spec.secrets if kept.get(name) and name not in entries.secrets]
    if not lacking:
        return ()
    return (*problems, *(Problem("secret", "goes_elsewhere", {"name": name}) for name in lacking))


def opened_with(
    spec: ProviderSpec, entries: Entries, kept: Mapping[str, str]
) -> tuple[BaseModel, dict[str, str]]:
    """The settings and keys of a company as they were typed and passed; `kept` keys where none was typed."""
    return spec.settings.model_validate(entries.fields), filled({**kept, **entries.secrets})


async def tried(spec: ProviderSpec, entries: Entries, kept: Mapping[str, str]) -> SupplierTest:
    """Whether a company takes what was typed; a key that was not typed is the one that is `kept`.

    Raises NotTaken (not reached) and Misconfigured("key_refused"). With problems nobody was asked.
    """
    own, problems = provider_settings(spec, entries.fields)
    secrets = {**kept, **entries.secrets}
    problems += problems_with_secrets(spec, secrets)
    if own is None or problems:
        return SupplierTest(spec.name, problems=tuple(problems))
    return await ask(spec, own, filled(secrets))


async def ask(spec: ProviderSpec, settings: BaseModel, secrets: Mapping[str, str]) -> SupplierTest:
    """Ask the company as a sale would, up to the purchase: balance or merchants, and its books.

    Raises NotTaken or Misconfigured.
    """
    provider = spec.open(settings, secrets)
    try:
        balance = await provider.balance()
        merchants = await _merchants(provider) if spec.delivery == "email" else None
        await provider.fence()
    finally:
        await provider.close()
    untested = tuple(name for name in secrets if (spec.name, name) in _UNTRIED)
    return SupplierTest(spec.name, balance, merchants, untested)


async def _merchants(provider: Provider) -> tuple[str, ...]:
    return tuple([product.brand async for page in provider.products() for product in page])


def _label(provider: str, secret_name: str) -> str:
    label = _LABELS.get((provider, secret_name))
    return label() if label is not None else secret_name


def _choices(about: FieldInfo) -> tuple[tuple[str, str], ...]:
    """What a setting can be alone, and what that is called."""
    if get_origin(about.annotation) is not Literal:
        return ()
    called = {"yes": _("Yes"), "no": _("No")}
    values = [str(value) for value in get_args(about.annotation)]
    return tuple((value, called.get(value, value)) for value in values)


def _words(provider: str, name: str, about: FieldInfo) -> tuple[str, str]:
    """A setting's name, and what is to be entered there."""
    asked = _ASKED.get((provider, name))
    return asked() if asked is not None else (about.title or name, about.description or "")
