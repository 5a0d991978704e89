"""Negotiation agrees with CLDR: with its likely subtags, and with its language distances as langcodes has them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from oppi18n.i18n.locales import MAX_HEADER, OFFERED, PRODUCT, PSEUDO, accept_language, negotiate

langcodes = pytest.importorskip("langcodes")

NEAR = 9
"""The greatest distance that still means the same language in the same script; 10 is another language."""

# Traditional characters with Bopomofo beside them; Malay in Latin letters where most is written in Arabic ones.
ELSEWISE = {"zh-Hanb": "zh-HK", "ms-Latn-CC": "ms"}
"""Single tags for which CLDR's distances find nothing near."""

SPOKEN = ("en", "ko", "zh", "yue", "ja", "ms", "sv")


def territories() -> list[str]:
    """Every territory that CLDR's likely subtags speak of."""
    found = {
        part for key, value in get_global("likely_subtags").items() for part in (*key.split("_"), *value.split("_"))
    }
    return sorted(each for each in found if len(each) == 2 and each.isupper())


def tags() -> Iterator[str]:
    """Every language of CLDR, and ours in every territory and script that makes a difference."""
    yield from sorted(key.replace("_", "-") for key in get_global("likely_subtags") if not key.startswith("und"))
    for language in SPOKEN:
        for script in ("", "-Latn", "-Hant", "-Hans", "-Arab"):
            yield f"{language}{script}"
            yield from (f"{language}{script}-{territory}" for territory in territories())


def nearest(tag: str) -> str | None:
    """Whom CLDR's distances would serve it with; None where all are too far."""
    found, distance = langcodes.closest_match(tag, list(PRODUCT), max_distance=NEAR)
    return found if distance < 1000 else None


def test_whatever_is_served_is_what_cldr_finds_nearest():
    """Over all languages of CLDR and all territories, the answer is that of CLDR's distances, save where we know why."""
    every = list(tags())
    found = {tag: (negotiate([tag], PRODUCT), nearest(tag)) for tag in every if tag not in ELSEWISE}

    different = {tag: answers for tag, answers in found.items() if answers[0] != answers[1]}

    assert len(every) > 15_000
    assert {(*tag.split("-")[:1], *answers) for tag, answers in different.items()} == {
        # Cantonese readers take Chinese text in their script, which CLDR holds for another language.
        ("yue", "zh-HK", None),
        # Whoever asks for Japanese in Latin letters does not want kanji.
        ("ja", None, "ja"),
    }
    assert all(tag.startswith("ja-Latn") for tag, (_, cldr) in different.items() if cldr)
    assert all("Hans" not in tag for tag in different)


@pytest.mark.parametrize(("tag", "expected"), ELSEWISE.items())
def test_exception_is_one(tag, expected):
    """Where CLDR's distances and our answer differ, they really do."""
    assert negotiate([tag], PRODUCT) == expected != nearest(tag)


def test_language_and_script_of_what_is_served_are_those_of_the_wish():
    """By CLDR's likely subtags, whoever is served can read it: the language is theirs and so is the script."""
    for tag in tags():
        found = negotiate([tag], PRODUCT)
        if found is not None and tag not in ELSEWISE:
            wanted, given = (langcodes.Language.get(each).maximize() for each in (tag, found))
            language = "zh" if wanted.language == "yue" else wanted.language
            assert (language, wanted.script) == (given.language, given.script), tag


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ("zh-HK", "zh-HK"),
        ("zh-TW", "zh-HK"),
        ("zh-MO", "zh-HK"),
        ("zh-Hant", "zh-HK"),
        ("zh-Hant-TW", "zh-HK"),
        ("yue-HK", "zh-HK"),
        ("yue", "zh-HK"),
        ("zh", None),
        ("zh-CN", None),
        ("zh-SG", None),
        ("zh-Hans", None),
        ("zh-Hans-HK", None),
        ("yue-Hans", None),
        ("id", None),
        ("id-ID", None),
        ("in", None),
        ("min", None),
        ("ms-BN", "ms"),
        ("ms-SG", "ms"),
        ("ms-Arab", None),
        ("sv-FI", "sv"),
        ("sv-AX", "sv"),
        ("nb", None),
        ("da", None),
    ],
)
def test_trap(wish, expected):
    """Chinese by script, Indonesian never Malay, Malay of Brunei, Swedish of Finland; the neighbours are nobody's."""
    assert negotiate([wish], OFFERED) == expected
    if not wish.startswith("yue"):
        assert nearest(wish) == expected


@pytest.mark.parametrize("wish", ["id", "in", "min"])
def test_malay_is_the_nearest_to_indonesian_and_yet_too_far(wish):
    """CLDR would offer Malay for want of better; nobody gets it silently."""
    assert langcodes.closest_match(wish, list(PRODUCT), max_distance=25)[0] == "ms"
    assert negotiate([wish], PRODUCT) is None


@given(st.lists(st.sampled_from(["zh-CN", "zh-TW", "id", "ms-BN", "sv-FI", "de", "ko-KP", "en-AU", "ja"]), max_size=5))
def test_first_wish_that_can_be_served_wins(wishes):
    """A list is served as its first member that is served alone, as RFC 4647 looks things up."""
    alone = [negotiate([wish], PRODUCT) for wish in wishes]

    assert negotiate(wishes, PRODUCT) == next((each for each in alone if each), None)


@given(
    st.lists(
        st.tuples(st.sampled_from(["ko", "sv-FI", "zh-TW", "id", "*"]), st.integers(0, 1000)),
        max_size=5,
        unique_by=lambda each: each[0],
    )
)
def test_header_orders_its_wishes_by_weight(ranges):
    """RFC 9110: greater weights first, equal ones in their order, weight zero not at all."""
    header = ", ".join(f"{tag};q={weight / 1000:.3f}" for tag, weight in ranges)

    found = accept_language(header)

    assert found == [tag for tag, weight in sorted(ranges, key=lambda each: -each[1]) if weight]


def test_header_is_read_up_to_its_cap():
    """A header of a megabyte costs no more than one of a thousand characters, and its end does not count."""
    header = "de-DE;q=0.1," * 100_000 + "ko"

    assert len(header) > MAX_HEADER
    assert negotiate(accept_language(header), PRODUCT) is None


@pytest.mark.parametrize("locale", PSEUDO)
def test_pseudo_locale_is_served_by_its_name_alone(locale):
    """Nobody who speaks English or Arabic is served with it."""
    assert negotiate([locale], OFFERED) == locale
    assert negotiate([locale.partition("-")[0]], OFFERED) in ("en", None)
    assert all(negotiate([f"{locale[:2]}-{territory}"], OFFERED) != locale for territory in territories())
