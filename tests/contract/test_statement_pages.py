"""Statements as MediaWiki itself serves their pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from oabot import statements
from oabot.sources import pages
from oabot.sources.api import Api
from oabot.sources.attached import worth_reading
from oabot.sources.translate import Translate
from tests.fakes.clock import StillClock
from tests.local_farm import Farm

TITLE = "Office actions/September 2021 statement"


@pytest.fixture
def api(fresh_farm: Farm) -> Iterator[Api]:
    reader = Api(fresh_farm.api("metawiki"), "metawiki", "oabot-tests (nobody@example.org)", StillClock())
    yield reader
    reader.close()


def test_statements_are_found_by_their_titles(api: Api) -> None:
    found = pages.newest(api, ["Office actions/May 1999 statement"], datetime(2021, 9, 17, tzinfo=UTC))

    assert TITLE in found.statements
    assert {TITLE, f"{TITLE}/bn"} <= set(dict(found.revids))
    assert found.marks == ((TITLE, 42948802),)


def test_a_shortcut_leads_to_the_statement_and_is_its_id(api: Api) -> None:
    page = pages.source_page(api, "OA2021")

    assert page is not None
    assert page.title == TITLE
    assert statements.statement_id(page.title, page.redirects) == "OA2021"


def test_the_correction_is_found_in_the_source(api: Api) -> None:
    page = pages.source_page(api, TITLE)

    assert page is not None
    assert [each.date for each in statements.corrections(page.text, page.language)] == [
        datetime(2021, 9, 16, 21, 47, tzinfo=UTC)
    ]


def test_a_missing_page_is_none(api: Api) -> None:
    assert pages.source_page(api, "Office actions/May 1999 statement") is None


def test_display_titles_are_plain_text_and_missing_pages_have_none(api: Api, fresh_farm: Farm) -> None:
    fresh_farm.person("admin", "metawiki").edit(f"{TITLE}/de", "{{DISPLAYTITLE:''" + TITLE + "/de''}}")

    assert pages.display_titles(api, TITLE, ["de", "fr"]) == {"de": f"{TITLE}/de"}


def test_the_last_change_of_a_unit_is_read_from_its_page(api: Api, fresh_farm: Farm) -> None:
    fresh_farm.person("admin", "metawiki").edit(f"Translations:{TITLE}/7/en", "a unit")

    assert set(pages.newest_changes(api, TITLE, ["7", "8"], "en")) == {"7"}


def test_a_post_of_the_role_account_on_a_talk_page_is_a_candidate(api: Api, fresh_farm: Farm) -> None:
    office = fresh_farm.person("office", "metawiki")
    office.edit("Talk:Office actions", "Dear all. ~~~~", section="new", sectiontitle="Further information")

    found = [each for each in pages.posts(api, office.name) if each.title == "Talk:Office actions"]

    assert [each.section for each in found] == ["Further information"]


def test_a_wiki_that_is_not_central_prunes_nothing(api: Api) -> None:
    assert worth_reading(api, "WMFOffice", ["ruwiki", "zhwiki"]) == ["ruwiki", "zhwiki"]


def test_whether_a_wiki_has_translate_is_known_from_the_wiki(fresh_farm: Farm) -> None:
    reader = Api(fresh_farm.api("ruwiki"), "ruwiki", "oabot-tests (nobody@example.org)", StillClock())

    assert not Translate(reader, StillClock()).is_there()
