"""What MediaWiki knows of a language."""

import pytest

from oabot.i18n import mediawiki


@pytest.mark.parametrize(
    ("code", "chain"),
    [
        ("en", ("en",)),
        ("ru", ("ru", "en")),
        ("tt", ("tt", "tt-cyrl", "ru", "en")),
        ("zh", ("zh", "zh-hans", "zh-hant", "zh-cn", "zh-tw", "zh-hk", "en")),
        ("zh-hk", ("zh-hk", "zh-hant", "zh-tw", "zh", "zh-hans", "en")),
        ("zh-cn", ("zh-cn", "zh-hans", "zh", "zh-hant", "en")),
        ("gan", ("gan", "gan-hant", "gan-hans", "zh-hant", "zh", "zh-hans", "en")),
        ("be-tarask", ("be-tarask", "be", "en")),
        ("be-x-old", ("be-tarask", "be", "en")),
        ("sr-ec", ("sr-ec", "sr-cyrl", "sr", "en")),
        ("sr", ("sr", "sr-ec", "sr-cyrl", "en")),
        ("mzn", ("mzn", "fa", "en")),
        ("zh-classical", ("lzh", "zh-hant", "zh", "zh-hans", "en")),
        ("pt-br", ("pt-br", "pt", "en")),
        ("xx-unheard-of", ("xx-unheard-of", "en")),
    ],
)
def test_a_language_falls_back_as_in_mediawiki(code: str, chain: tuple[str, ...]) -> None:
    assert mediawiki.chain(code) == chain


def test_a_code_may_be_spelt_as_in_bcp47() -> None:
    assert mediawiki.canonical("zh-Hant") == mediawiki.canonical("zh_hant") == "zh-hant"


@pytest.mark.parametrize("code", ["ar", "arz", "fa", "he", "ur", "yi", "ckb", "ks", "ug", "dv", "nqo", "ms-arab"])
def test_a_language_that_runs_to_the_left_says_so(code: str) -> None:
    assert mediawiki.direction(code) == "rtl"


@pytest.mark.parametrize("code", ["en", "ru", "zh-hans", "bn", "az", "ku", "ku-latn", "xx-unheard-of"])
def test_every_other_language_runs_to_the_right(code: str) -> None:
    assert mediawiki.direction(code) == "ltr"
