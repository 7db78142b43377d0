from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from oabot.explained import Followed
from oabot.ledger import Ledger
from oabot.sources.api import Api
from oabot.statements import Statement
from oabot.translations import Learned, Translations
from tests.fakes.clock import StillClock
from tests.fakes.mediawiki import ApiFault, FakeMediaWiki, Params, Reply
from tests.fakes.translate import TITLE, TranslatedPage
from tests.unit.test_sources_facts import TEXT, UNITS

pytestmark = pytest.mark.loopback

LANGUAGES = ["bn", "zh"]


class Stage:
    """A wiki with one statement, and what reads it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = StillClock()
        self.wiki = FakeMediaWiki()
        self.page = TranslatedPage(self.wiki, TEXT, list(UNITS))
        self.page.mark(1, "2021-09-14T10:00:31Z", 26)
        self.page.translate("bn", "Page display title", "1", "2", "3", "4")
        self.api = Api(self.wiki.url, "metawiki", "oabot-tests (nobody@example.org)", self.clock)
        self.ledger = Ledger(f"sqlite:///{folder}/ledger.sqlite", self.clock)

    def read(self, *annotated: str, followed: tuple[Followed, ...] = ()) -> Learned:
        return Translations(self.api, self.ledger, self.clock, followed).read(annotated, LANGUAGES)

    def requests(self) -> int:
        number = len(self.wiki.asked)
        self.wiki.asked.clear()
        return number

    def fail(self, module: str = "messagegroupstats") -> None:
        def fault(params: Params) -> Reply:
            raise ApiFault("internal_api_error_DBQueryError")

        self.wiki.modules[module] = fault


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path)
    yield made
    made.api.close()
    made.wiki.close()


def bengali(learned: Learned) -> int:
    [(_, statement)] = learned.found
    return next(each.translated for each in statement.translations if each.language == "bn")


def only(learned: Learned) -> Statement:
    [(_, statement)] = learned.found
    return statement


def test_a_statement_is_found_by_its_title_and_read_whole(stage: Stage) -> None:
    learned = stage.read()

    assert (only(learned).title, learned.whole, bengali(learned)) == (TITLE, True, 5)


def test_when_nothing_has_changed_one_request_is_made(stage: Stage) -> None:
    first = stage.read()
    stage.requests()
    second = stage.read()

    assert second == first
    assert stage.requests() == 1


def test_a_translated_unit_is_seen(stage: Stage) -> None:
    stage.read()
    stage.page.translate("bn", "5")

    assert bengali(stage.read()) == 6


def test_what_leaves_no_trace_is_seen_the_next_day(stage: Stage) -> None:
    stage.read()
    stage.page.priority = ["bn"]
    same_day = only(stage.read())
    stage.clock.sleep(timedelta(days=1).total_seconds())

    assert same_day.priority == ()
    assert only(stage.read()).priority == ("bn",)


def test_what_cannot_be_read_is_as_it_was_and_read_again_when_it_can(stage: Stage) -> None:
    stage.read()
    stats = stage.wiki.modules["messagegroupstats"]
    stage.page.translate("bn", "5")
    stage.fail()
    kept = stage.read()
    stage.wiki.modules["messagegroupstats"] = stats

    assert (bengali(kept), kept.whole) == (5, True)
    assert bengali(stage.read()) == 6


def test_a_wiki_that_does_not_answer_at_all_changes_nothing(stage: Stage) -> None:
    stage.read()
    stage.fail("pages")

    assert (bengali(stage.read()), stage.read().whole) == (5, True)


@pytest.mark.parametrize("module", ["messagegroupstats", "pages"])
def test_what_could_never_be_read_is_not_taken_for_nothing(stage: Stage, module: str) -> None:
    stage.fail(module)
    learned = stage.read()

    assert learned == Learned((), whole=False)


def test_a_wiki_without_statements_has_none(stage: Stage) -> None:
    stage.page.title = "Something else"

    assert stage.read() == Learned((), whole=True)


def test_people_may_call_a_statement_by_a_redirect(stage: Stage) -> None:
    stage.page.title = "Notice of the Office"
    stage.page.redirects = ["OA2021"]
    stage.page.wiki.rows.clear()
    learned = stage.read("OA2021")

    assert [(followed.page, found.title) for followed, found in learned.found] == [("OA2021", "Notice of the Office")]


def test_a_name_without_a_page_holds_nothing_up(stage: Stage) -> None:
    learned = stage.read("OA1999")
    stage.requests()

    assert (only(learned).title, learned.whole) == (TITLE, True)
    assert stage.read("OA1999") == learned
    assert stage.requests() <= 2


def test_the_config_may_give_a_statement_its_id(stage: Stage) -> None:
    assert only(stage.read(followed=(Followed(TITLE, id="bans-2021"),))).id == "bans-2021"


def test_a_page_that_the_config_names_is_followed_wherever_it_is(stage: Stage) -> None:
    stage.page.title = "Policy on something"
    stage.page.redirects = []
    stage.page.wiki.rows.clear()
    learned = stage.read(followed=(Followed("Policy on something", kind="policy"),))

    assert [(followed.kind, found.title) for followed, found in learned.found] == [("policy", "Policy on something")]


def test_no_heading_with_a_name_is_kept(stage: Stage) -> None:
    learned = stage.read()
    kept = json.dumps(stage.ledger.state.starting(""), ensure_ascii=False)

    assert TITLE in kept
    assert "示例癸" not in kept
    assert [len(each.units) for each in only(learned).corrections] == [2]


def test_what_an_older_version_kept_is_read_anew(stage: Stage) -> None:
    stage.ledger.state.put("statements", {TITLE: ["something", "else"]})

    assert bengali(stage.read()) == 5
