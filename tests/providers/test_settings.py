"""What a provider is set up with: addresses, keys, the list of providers."""

import subprocess
import sys

import pytest
from pydantic import ValidationError

from pos_app.errors import Misconfigured
from pos_app.providers import SPECS
from pos_app.providers.cardpluspay import CardPlusPaySettings
from pos_app.providers.keys import account_name, usable_key


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://api.cardpluspay.com/v1", "https://api.cardpluspay.com/v1"),
        (" https://api.cardpluspay.com/v1/ ", "https://api.cardpluspay.com/v1"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_an_address_is_kept_without_what_surrounds_it(typed: str, kept: str) -> None:
    assert CardPlusPaySettings(base_url=typed).base_url == kept


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "api.cardpluspay.com",
        "ftp://x.example",
        "https://",
        "https://a b.example",
        "https://k:w@x.example",
        "https://x.example/?q=1",
        "https://x.example/#a",
        "https://x.example\\@y.example",
        "https://x。y.example",
        "https://[::1",
        "https://x.example\r\nX-Evil: 1",
    ],
)
def test_an_address_that_could_mean_two_things_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(ValidationError) as caught:
        CardPlusPaySettings(base_url=typed)
    assert "input_value" not in str(caught.value)


def test_a_key_loses_the_blanks_of_copying() -> None:
    assert usable_key("acme", {"api_key": " KEY-TEST\n"}, "api_key") == "KEY-TEST"


@pytest.mark.parametrize(
    ("secrets", "reason"),
    [
        ({}, "no_key"),
        ({"api_key": "  "}, "no_key"),
        ({"api_key": "KEY-TEST\r\nHost: evil.example"}, "key_refused"),
        ({"api_key": '"KEY-TEST"'}, "key_refused"),
        ({"api_key": "KEY TEST"}, "key_refused"),
        ({"api_key": "KEY-TEST-ö"}, "key_refused"),
    ],
)
def test_a_key_no_header_can_carry_is_refused_without_telling_it(
    secrets: dict[str, str], reason: str
) -> None:
    with pytest.raises(Misconfigured) as caught:
        usable_key("acme", secrets, "api_key")
    assert caught.value.reason == reason
    assert "TEST" not in f"{caught.value!r} {caught.value.facts}"


def test_an_account_is_named_by_its_key_and_does_not_tell_it() -> None:
    name = account_name("acme", "KEY-TEST")
    assert name == account_name("acme", " KEY-TEST ")
    assert name != account_name("acme", "KEY-TEST2")
    assert name != account_name("other", "KEY-TEST")
    assert "KEY" not in name


def test_every_provider_has_a_name_of_its_own_and_explains_its_settings() -> None:
    names = [spec.name for spec in SPECS]
    assert {"cardpluspay", "levelup"} <= set(names)
    assert len(set(names)) == len(names)
    for spec in SPECS:
        for field in spec.settings.model_fields.values():
            assert field.title
            assert field.description
            assert isinstance(field.default, str), "settings are kept as text"
        assert spec.settings().model_dump()["base_url"].startswith("https://")


def test_knowing_the_providers_does_not_load_http() -> None:
    script = "import pos_app.providers, sys; sys.exit('httpx' in sys.modules or 'truststore' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode == 0


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_a_provider_is_not_opened_with_anothers_settings(spec: "object") -> None:
    from pos_app.providers.base import ProviderSpec

    assert isinstance(spec, ProviderSpec)
    other = next(candidate for candidate in SPECS if candidate is not spec)
    with pytest.raises(TypeError):
        spec.open(other.settings(), {})
