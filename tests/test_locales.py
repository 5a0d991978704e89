"""Readers get the locale that serves them, and never one they would not read."""

from __future__ import annotations

import pytest
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from oppi18n.errors import InputError
from oppi18n.i18n.locales import (
    MAX_HEADER,
    PRODUCT,
    PSEUDO,
    accept_language,
    canonical,
    environment,
    explicit,
    folder,
    is_right_to_left,
    negotiate,
    script,
    tag,
)

OFFERED = (*PRODUCT, *PSEUDO)
SERVED = [
    ("en", "en"),
    ("en-GB", "en"),
    ("EN_us", "en"),
    ("en-Latn-NZ", "en"),
    ("eng", "en"),
    ("en-XA", "en-XA"),
    ("en_xa", "en-XA"),
    ("ar-XB", "ar-XB"),
    ("ko", "ko"),
    ("ko-KR", "ko"),
    ("ko-Kore-KR", "ko"),
    ("ko-Hang", "ko"),
    ("kor", "ko"),
    ("zh-HK", "zh-HK"),
    ("zh-TW", "zh-HK"),
    ("zh-MO", "zh-HK"),
    ("zh-Hant", "zh-HK"),
    ("zh-hant", "zh-HK"),
    ("zh_Hant_HK", "zh-HK"),
    ("zh-Hant-TW", "zh-HK"),
    ("zh-US", "zh-HK"),
    ("zh-Hant-CN", "zh-HK"),
    ("zh-Hanb", "zh-HK"),
    ("yue", "zh-HK"),
    ("yue-HK", "zh-HK"),
    ("yue-Hant-HK", "zh-HK"),
    ("zh-yue-HK", "zh-HK"),
    ("zh-cmn-Hant", "zh-HK"),
    ("cmn-Hant", "zh-HK"),
    ("zh-HK-u-nu-hanidec", "zh-HK"),
    ("ja-JP", "ja"),
    ("ja-JP-u-ca-japanese", "ja"),
    ("ja-Hira", "ja"),
    ("jpn", "ja"),
    ("ms", "ms"),
    ("ms-MY", "ms"),
    ("ms-BN", "ms"),
    ("ms-SG", "ms"),
    ("ms-ID", "ms"),
    ("zsm", "ms"),
    ("may", "ms"),
    ("sv-SE", "sv"),
    ("sv-FI", "sv"),
    ("sv_AX", "sv"),
]
NOT_SERVED = [
    "zh",
    "zh-CN",
    "zh-Hans",
    "zh-SG",
    "zh-MY",
    "zh-Hans-HK",
    "cmn",
    "zho",
    "yue-CN",
    "yue-Hans",
    "id",
    "id-ID",
    "in",
    "ind",
    "ms-Arab",
    "ms-CC",
    "ja-Latn",
    "en-Shaw",
    "ar",
    "ar-EG",
    "de",
    "und",
    "i-klingon",
    "x-pig-latin",
    "e",
    "",
    "!!",
    "zh--HK",
    "-",
    "zh HK",
    "é",
    "a" * 100,
    "ko\n",
]


@pytest.mark.parametrize(("wish", "expected"), SERVED)
def test_a_wish_is_served_by_language_and_script(wish, expected):
    """Spelling and region do not stand between a reader and a text they can read."""
    assert negotiate([wish], OFFERED) == expected


@pytest.mark.parametrize("wish", NOT_SERVED)
def test_a_wish_is_not_served_by_something_else(wish):
    """Simplified Chinese, Indonesian, Jawi and nonsense are served by nothing we have."""
    assert negotiate([wish], OFFERED) is None


@pytest.mark.parametrize(
    ("wanted", "offered", "expected"),
    [
        (["zh-CN", "id", "sv"], OFFERED, "sv"),
        (["de", "ko", "en"], OFFERED, "ko"),
        (["*"], OFFERED, "en"),
        (["de", "*"], ("ja", "ko"), "ja"),
        (["*"], (), None),
        ([], OFFERED, None),
        (["sv-FI"], ("sv", "sv-FI"), "sv-FI"),
        (["sv-FI"], ("sv-SE", "sv"), "sv"),
        (["sv"], ("sv-FI", "sv"), "sv"),
        (["zh-TW"], ("zh-HK", "zh-TW"), "zh-TW"),
        (["zh-TW"], ("zh-CN", "zh-HK"), "zh-HK"),
        (["zh"], ("zh-HK", "zh-CN"), "zh-CN"),
        (["yue-HK"], ("zh-HK", "yue"), "yue"),
        (["fr-CA"], ("en", "fr"), "fr"),
        (["en"], ("en-XA",), None),
        (["en-XA"], PRODUCT, "en"),
        (["ar-XB"], PRODUCT, None),
    ],
)
def test_the_first_wish_that_can_be_served_wins(wanted, offered, expected):
    """Wishes come before offers, and among offers the nearest region comes first."""
    assert negotiate(wanted, offered) == expected


def test_likely_scripts_are_those_of_cldr():
    """Our table agrees with CLDR's likely subtags on every region of every language it knows."""
    likely = get_global("likely_subtags")
    territories = {key.split("_")[-1] for key in get_global("territory_aliases")} | {
        value.rpartition("_")[2] for value in likely.values()
    }

    wrong = []
    for language in ("en", "ko", "zh", "yue", "ja", "ms", "sv"):
        for territory in ("", *(each for each in territories if len(each) == 2)):
            key = f"{language}_{territory}" if territory else language
            expected = likely.get(key, likely[language]).split("_")[1]
            if script(key) != expected:
                wrong.append((key, script(key), expected))

    assert wrong == []


def test_scripts_that_are_not_known_are_empty():
    """A language outside the table, or nonsense, has no likely script."""
    assert (script("fr"), script("?"), script("fr-Latn")) == ("", "", "Latn")


@pytest.mark.parametrize("locale", OFFERED)
def test_folders_and_tags_are_two_spellings(locale):
    """A folder name turns back into its tag."""
    assert "-" not in folder(locale)
    assert tag(folder(locale)) == locale
    assert canonical(folder(locale)) == locale


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ("ar-XB", True),
        ("he", True),
        ("ku-Arab", True),
        ("ms-CC", True),
        ("ar-Latn", False),
        ("en-XA", False),
        ("?", False),
    ],
)
def test_direction_follows_script(locale, expected):
    """The script decides which way text runs."""
    assert is_right_to_left(locale) is expected


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", []),
        ("ko", ["ko"]),
        ("ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7", ["ko-KR", "ko", "en-US", "en"]),
        ("en;q=0.1, sv", ["sv", "en"]),
        ("sv;q=0.5,ja;q=0.5", ["sv", "ja"]),
        ("zh_HK", ["zh-HK"]),
        ("en;q=0, *", ["*"]),
        ("*;q=0.1, ms", ["ms", "*"]),
        ("ja ; q = 0.5 , ko", ["ko", "ja"]),
        ("ja;Q=1.000", ["ja"]),
        ("ja;q=1.001", []),
        ("ja;q=-1, ko;q=nan, sv;q=, ms;q=0.1234, en;q=1e3", []),
        ("ja;level=1", []),
        (",,, ,ko,", ["ko"]),
        ("ko,ko;q=0.1", ["ko"]),
        ("\x00\xff;;;q=q", []),
        ("한국어", []),
        ("toolonglanguage", []),
        ("a" * 5000, []),
    ],
)
def test_accept_language_lists_wishes_best_first(header, expected):
    """Weights order the wishes; what is malformed is passed over."""
    assert accept_language(header) == expected


def test_a_long_header_is_cut_between_ranges():
    """What lies beyond the limit does not count, nor does the range the limit cuts through."""
    header = "ko;q=0.5," + "de-DE," * 1000 + "sv"
    cut = "x" * (MAX_HEADER - 4) + ",zh-Hant"

    assert accept_language(header) == ["de-DE", "ko"]
    assert accept_language(cut) == []


@given(
    st.text(max_size=2000) | st.lists(st.sampled_from(["ko", ";q=", "0.5", ",", "*", " ", "-", "zh-HK"])).map("".join)
)
def test_no_header_breaks_anything(header):
    """Any header gives a list of wishes, and negotiation copes with each."""
    wishes = accept_language(header)

    assert negotiate(wishes, OFFERED) in (None, *OFFERED)


@given(st.lists(st.text(max_size=12)), st.lists(st.text(max_size=12)))
def test_any_wish_and_offer_can_be_negotiated(wanted, offered):
    """Whatever is wanted and offered, the answer is an offer or nothing."""
    assert negotiate(wanted, offered) in (None, *offered)


@given(st.from_regex(r"((zh|cmn)-(Hans|CN|SG|MY)|yue-(Hans|CN))(-[A-Za-z0-9]{4,8})?", fullmatch=True))
def test_simplified_never_becomes_traditional(wish):
    """No spelling of a wish for Simplified Chinese is served by zh-HK."""
    assert negotiate([wish], OFFERED) != "zh-HK" or "hant" in wish.lower()


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        ({"LANG": ""}, None),
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "zh_HK.UTF-8@mod"}, "zh-HK"),
        ({"LANG": "zh_HK.Big5HKSCS"}, "zh-HK"),
        ({"LANG": "zh_CN.UTF-8"}, None),
        ({"LANG": "sv_FI@euro"}, "sv"),
        ({"LANG": "C"}, "en"),
        ({"LANG": "POSIX"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "garbage!!"}, None),
        ({"LANG": "id_ID.UTF-8"}, None),
        ({"LANG": "sv_SE", "LC_MESSAGES": "ja_JP"}, "ja"),
        ({"LC_MESSAGES": "ja_JP", "LC_ALL": "ms_MY"}, "ms"),
        ({"LC_ALL": "", "LC_MESSAGES": "ja_JP"}, "ja"),
        ({"LANGUAGE": "ko:ja", "LC_ALL": "sv_SE.UTF-8"}, "ko"),
        ({"LANGUAGE": "de:zh_CN:ja", "LANG": "sv_SE"}, "ja"),
        ({"LANGUAGE": "de", "LANG": "sv_SE"}, None),
        ({"LANGUAGE": "", "LANG": "sv_SE"}, "sv"),
        ({"LANGUAGE": "::ko::", "LANG": "sv_SE"}, "ko"),
        ({"LANGUAGE": "ko"}, "ko"),
        ({"LANGUAGE": "ko", "LANG": "C"}, "en"),
        ({"LANGUAGE": "ko", "LC_ALL": "POSIX"}, "en"),
        ({"LANGUAGE": "ko", "LANG": "C.UTF-8"}, "ko"),
        ({"LANGUAGE": "de:C:ko", "LANG": "sv_SE"}, "en"),
        ({"LC_CTYPE": "ko_KR"}, None),
        ({"LANG": "en_XA.UTF-8"}, "en-XA"),
        ({"LANG": "ar_XB"}, "ar-XB"),
        ({"LANG": "ar_EG.UTF-8"}, None),
    ],
)
def test_the_environment_is_read_as_gettext_reads_it(environ, expected):
    """LANGUAGE, LC_ALL, LC_MESSAGES, LANG: the first that is set decides, quietly."""
    assert environment(environ) == expected


def test_a_modifier_names_the_script():
    """`@cyrillic` and its like stand for a script."""
    assert environment({"LANG": "sr_RS.UTF-8@latin"}, ("sr", "sr-Latn")) == "sr-Latn"
    assert environment({"LANG": "ms_MY@arabic"}) is None


@given(st.dictionaries(st.sampled_from(["LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"]), st.text(max_size=30)))
def test_no_environment_breaks_anything(environ):
    """Whatever is set, the answer is a locale we have or none."""
    assert environment(environ) in (None, *OFFERED)


@pytest.mark.parametrize(("wish", "expected"), SERVED)
def test_an_explicit_locale_may_be_spelled_in_any_way(wish, expected):
    """`--locale` takes what negotiation takes."""
    assert explicit(wish, OFFERED) == expected


@pytest.mark.parametrize(
    ("wish", "nearest"),
    [
        ("zh", "zh-HK"),
        ("zh-CN", "zh-HK"),
        ("cn", "zh-HK"),
        ("jp", "ja"),
        ("kr", "ko"),
        ("korean", "ko"),
        ("Swedish", "sv"),
        ("se", "sv"),
        ("id", "ms"),
        ("my", "ms"),
        ("uk", "en"),
        ("koreann", "ko"),
        ("swedich", "sv"),
        ("yue-CN", "zh-HK"),
        ("한국어", "ko"),
        ("zh-HKK", "zh-HK"),
    ],
)
def test_an_unknown_explicit_locale_is_an_error_with_a_suggestion(wish, nearest):
    """The error names the nearest locale and does not take it."""
    with pytest.raises(InputError) as raised:
        explicit(wish, PRODUCT)

    assert raised.value.code == "unknown-locale-near"
    assert raised.value.params["nearest"] == nearest
    assert nearest in str(raised.value)


@pytest.mark.parametrize("wish", ["zz", "kok", "svv", "de", "fr-CA", "ar", "ar-EG", "tlh", "", "???", "x" * 500])
def test_a_locale_that_nothing_is_near_gets_the_list(wish):
    """Codes that merely look alike are no reason to suggest a language; the error lists what there is."""
    with pytest.raises(InputError) as raised:
        explicit(wish, OFFERED)

    assert raised.value.code == "unknown-locale"
    assert str(raised.value).endswith("is not available; the locales are en, ko, zh-HK, ja, ms, and sv")


@pytest.mark.parametrize(("wish", "nearest"), [("ar-XA", "ar-XB"), ("ar-XBB", "ar-XB")])
def test_a_mistyped_pseudo_locale_is_recognized(wish, nearest):
    """Whoever asks for a pseudo-locale by almost its name is told it."""
    with pytest.raises(InputError) as raised:
        explicit(wish, OFFERED)

    assert raised.value.params["nearest"] == nearest


def test_a_star_is_not_an_explicit_locale():
    """`*` means anything in a header and nothing on a command line."""
    with pytest.raises(InputError):
        explicit("*", PRODUCT)
