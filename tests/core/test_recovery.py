"""The recovery sheet's groups: what a person misreads or mistypes is found, and it is said where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_app.recovery import GROUP_LENGTH, GROUPS, KEY_BYTES, Mistyped, groups, holds, read, same

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
KEYS = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)
PLACES = st.integers(0, GROUPS - 1)
WITHIN = st.integers(0, GROUP_LENGTH - 1)


def typed(pieces: list[str]) -> str:
    return " ".join(pieces)


@given(key=KEYS)
def test_what_stands_on_the_sheet_is_the_key(key: bytes) -> None:
    pieces = groups(key)
    assert len(pieces) == GROUPS
    assert {len(piece) for piece in pieces} == {GROUP_LENGTH}
    assert set("".join(pieces)) <= set(ALPHABET)
    assert read(typed(list(pieces))) == key


def test_the_form_never_changes() -> None:
    """Sheets lie in drawers for years: a later program must read what this one printed."""
    assert groups(bytes(range(32)))[:3] == ("20017", "081GA", "81862")
    assert read("".join(groups(bytes(range(32))))) == bytes(range(32))


@given(key=KEYS, apart=st.sampled_from([" ", "-", "\n", " - ", ""]))
def test_how_the_groups_stand_apart_does_not_matter(key: bytes, apart: str) -> None:
    assert read(apart.join(groups(key))) == key
    assert read(f"\n {apart.join(groups(key)).lower()} ") == key


@given(key=KEYS, zero=st.sampled_from("0oO"), one=st.sampled_from("1iIlL"), v=st.sampled_from("vVuU"))
def test_what_looks_the_same_is_the_same(key: bytes, zero: str, one: str, v: str) -> None:
    text = typed(list(groups(key)))
    assert read(text.replace("0", zero).replace("1", one).replace("V", v)) == key


@given(key=KEYS, place=PLACES, within=WITHIN, wrong=st.characters(exclude_categories=["Cs"]))
def test_any_single_wrong_character_is_found_where_it_is(
    key: bytes, place: int, within: int, wrong: str
) -> None:
    pieces = list(groups(key))
    right = pieces[place]
    pieces[place] = right[:within] + wrong + right[within + 1 :]
    found = read(typed(pieces))
    if isinstance(found, Mistyped):
        assert not same(right, pieces[place])
        # A blank or a hyphen takes a group apart: what follows is out of step then.
        assert found.groups == (place + 1,) or wrong.isspace() or wrong == "-"
        assert found.groups
    else:
        assert same(right, pieces[place])
        assert found == key


@given(key=KEYS, place=PLACES, within=st.integers(0, GROUP_LENGTH - 2))
def test_two_neighbours_that_changed_places_are_found(key: bytes, place: int, within: int) -> None:
    pieces = list(groups(key))
    right = pieces[place]
    pieces[place] = right[:within] + right[within + 1] + right[within] + right[within + 2 :]
    if right != pieces[place]:
        assert read(typed(pieces)) == Mistyped((place + 1,))


@given(key=KEYS, one=PLACES, other=PLACES)
def test_two_groups_that_changed_places_are_found(key: bytes, one: int, other: int) -> None:
    pieces = list(groups(key))
    pieces[one], pieces[other] = pieces[other], pieces[one]
    if one != other:
        assert read(typed(pieces)) == Mistyped(tuple(sorted({one + 1, other + 1})))


@given(key=KEYS, place=PLACES, within=WITHIN, more=st.sampled_from(ALPHABET))
def test_a_character_too_many_or_too_few_is_found(key: bytes, place: int, within: int, more: str) -> None:
    right = groups(key)
    for wrong in (
        right[place][:within] + right[place][within + 1 :],
        right[place][:within] + more + right[place][within:],
    ):
        pieces = list(right)
        pieces[place] = wrong
        assert read(typed(pieces)) == Mistyped((place + 1,))


@given(key=KEYS, count=st.integers(0, GROUPS - 1))
def test_groups_that_are_missing_are_named(key: bytes, count: int) -> None:
    assert read(typed(list(groups(key)[:count]))) == Mistyped(tuple(range(count + 1, GROUPS + 1)))


def test_a_group_too_many_is_found() -> None:
    pieces = groups(bytes(32))
    assert read(typed([*pieces, pieces[-1]])) == Mistyped((GROUPS,))


def test_groups_that_hold_and_are_no_key_of_ours() -> None:
    """A sheet of another form: every group is right, and none of them can be blamed."""
    first, *rest = groups(bytes(32))
    found = [read(typed([f"4{first[1:4]}{check}", *rest])) for check in ALPHABET]
    assert found.count(Mistyped(())) == 1


@given(key=KEYS, place=PLACES)
def test_one_group_typed_back(key: bytes, place: int) -> None:
    group = groups(key)[place]
    assert same(group, group.lower())
    assert same(group, f" {group[:2]}-{group[2:]} ")
    assert not same(group, "")
    assert not same(group, group[:-1])
    assert not same(group, f"{group[:-1]}!")


@given(key=KEYS, place=PLACES, other=PLACES)
def test_one_group_holds_by_itself_and_only_in_its_place(key: bytes, place: int, other: int) -> None:
    group = groups(key)[place]
    assert holds(f" {group[:2]}-{group[2:].lower()}", place + 1)
    assert holds(group, other + 1) is (place == other)
    assert not holds(group[:-1], place + 1)
    assert not holds("", place + 1)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_only_a_store_key_is_written(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        groups(b"k" * length)
