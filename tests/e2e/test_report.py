"""The report in a real browser: on a desk and a telephone, both ways round, by day and by night, without scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from oabot.exports.report import report
from oabot.i18n import language
from scripts.browser import Browser, browser
from scripts.golden_pages import material

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MATERIAL = material()
SHOWN = "return [...document.querySelectorAll('#cases tbody tr')].filter(row => row.offsetParent !== null).length"
BACKGROUND = "return getComputedStyle(document.body).backgroundColor"
OVERFLOWS = "return document.documentElement.scrollWidth > innerWidth"
ASKED = "return performance.getEntriesByType('resource').map(entry => entry.name)"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("browser")) as started:
        yield started


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The address of the report in each language; the Russian one has names."""
    found = {}
    for lang in ("en", "fa", "ru", "zh"):
        folder = tmp_path_factory.mktemp(lang)
        for name, text in report(MATERIAL, language(lang, {lang}), names=lang == "ru").items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
        found[lang] = (folder / "index.html").as_uri()
    return found


@pytest.mark.parametrize("dark", [False, True], ids=["by day", "by night"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "telephone"])
def test_no_reader_meets_a_serious_fault(chromium: Browser, pages: dict[str, str], *, phone: bool, dark: bool) -> None:
    with chromium.reader(phone=phone) as reader:
        if dark:
            reader.prefers_dark()
        for url in pages.values():
            reader.open(url)

            assert reader.run(BACKGROUND) == ("rgb(16, 20, 24)" if dark else "rgb(255, 255, 255)")
            assert reader.run(ASKED) == []
            assert not reader.run(OVERFLOWS)
            assert reader.complaints() == []
            assert reader.faults("html") == []


def test_the_search_leaves_the_rows_with_all_its_words(chromium: Browser, pages: dict[str, str]) -> None:
    found = {}
    with chromium.reader() as reader:
        for words in ("dmca", "DMCA reversed", "no such row"):
            reader.open(pages["en"])
            before = reader.run(SHOWN)
            reader.write("#words", words)
            found[words] = (before, reader.run(SHOWN), reader.text("#search output"))

    every = len(MATERIAL.cases)
    assert found == {
        "dmca": (every, 2, "2 rows"),
        "DMCA reversed": (every, 1, "1 row"),
        "no such row": (every, 0, "0 rows"),
    }


def test_without_scripts_every_row_is_there_and_no_search_that_would_do_nothing(
    chromium: Browser, pages: dict[str, str]
) -> None:
    with chromium.reader(phone=True, scripts=False) as reader:
        reader.open(pages["fa"])

        assert reader.run(SHOWN) == len(MATERIAL.cases)
        assert not reader.run("return document.querySelector('#search').offsetParent !== null")
