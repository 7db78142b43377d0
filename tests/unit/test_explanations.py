from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from oabot import explanations
from oabot.config import StatementConfig
from oabot.contents import Contents
from oabot.explained import Followed
from oabot.explanations import Explain, Explanations, followed
from oabot.homes import Homes
from oabot.ingest import Ingest
from oabot.model import EntryId, Page
from oabot.pipeline import Pipeline
from oabot.publish import Outcome, Result
from oabot.sources.api import Api
from oabot.sources.logevents import LogEvents
from oabot.translations import Learned, Translations
from tests.fakes.mediawiki import ApiFault, Params, Reply
from tests.fakes.translate import TITLE, TranslatedPage
from tests.unit.test_sources_facts import TEXT, UNITS
from tests.world import TABLE, World

pytestmark = pytest.mark.loopback

NOTICE = "User:OATransparencyBot/Notice"
BATCH = Followed(TITLE, since=date(2021, 9, 13), until=date(2021, 9, 13))


class Explained(World):
    """A world whose central wiki has the Bengali case, and a bot that reads it."""

    def restart(self) -> None:
        super().restart()
        if not hasattr(self, "page"):
            self.page = TranslatedPage(self.logs["metawiki"], TEXT, list(UNITS))
            self.page.mark(1, "2021-09-14T10:00:31Z", 26)
            self.page.translate("ru", "Page display title", "1", "2", "3", "4")
        api = Api(self.logs["metawiki"].url, "metawiki", "oabot/test (test@example.org)", self.clock)
        translations = Translations(api, self.ledger, self.clock, [BATCH])
        homes = Homes(api, self.ledger, self.clock)
        sources = {
            dbname: LogEvents(Api(logs.url, dbname, "oabot/test (test@example.org)", self.clock))
            for dbname, logs in self.logs.items()
        }
        ingest = Ingest(sources, self.ledger, self.rules, self.clock, self.settings.central)
        self.translations = translations
        self.explain: Explain = lambda cases: explanations.read(cases, self.settings.wikis, translations, homes)
        contents = Contents(self.settings, self.rules, self.ledger, ingest, self.clock, explain=self.explain)
        self.pipeline = Pipeline(contents, self.ledger, ingest, self.wikis, self.clock)

    def fail(self) -> Callable[[], object]:
        """From now on the wiki gives no counts; gives what ends that."""

        def fault(params: Params) -> Reply:
            raise ApiFault("internal_api_error_DBQueryError")

        modules = self.logs["metawiki"].modules
        before, modules["messagegroupstats"] = modules["messagegroupstats"], fault
        return lambda: modules.update(messagegroupstats=before)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Explained]:
    with Explained(tmp_path, {"metawiki": "en", "ruwiki": "ru"}) as world:
        world.wikis["metawiki"].put(TABLE, "{{Office actions|table}}\n{{Office actions end}}")
        world.wikis["ruwiki"].put(NOTICE, "{{Office actions|notice|statement=OA2021}}\n{{Office actions end}}")
        world.lock(42911031, "示例甲")
        yield world


def of(outcomes: list[Outcome], title: str) -> Outcome:
    """The outcome of a page, whatever its namespace is called there."""
    return next(outcome for outcome in outcomes if outcome.title.endswith(title.partition(":")[2]))


def test_one_run_reads_the_statement_and_says_it_on_every_page(world: Explained) -> None:
    outcomes = world.publish("run-1")

    assert {outcome.result for outcome in outcomes} == {Result.SAVED}
    assert "OA2021" in world.text()
    assert "data-oabot" in world.text(NOTICE, "ruwiki")
    assert {outcome.result for outcome in world.publish("run-2")} == {Result.UNCHANGED}


def test_the_summary_says_what_changed_and_at_completion_that_nothing_is_left(world: Explained) -> None:
    world.publish("run-1")
    world.page.translate("ru", *UNITS)
    world.publish("run-2")
    told, emptied = (edit.summary for edit in world.wikis["ruwiki"].saves)

    assert "run-1" in told
    assert "run-2" in emptied
    assert told.split("run-1")[0] != emptied.split("run-2")[0]
    assert world.text(NOTICE, "ruwiki").split("\n")[1:-1] == [""]


def test_a_failure_leaves_what_shows_statements_as_it_is(world: Explained) -> None:
    world.publish("run-1")
    before = world.text(), world.text(NOTICE, "ruwiki")
    world.fail()
    world.page.translate("ru", *UNITS)
    outcomes = world.publish("run-2")

    assert {outcome.result for outcome in outcomes} == {Result.UNCHANGED}
    assert (world.text(), world.text(NOTICE, "ruwiki")) == before


def test_what_was_never_read_leaves_pages_alone_as_unread(world: Explained) -> None:
    world.fail()
    outcome = of(world.publish("run-1"), NOTICE)

    assert (outcome.result, outcome.reason) == (Result.SKIPPED, "unread")
    assert "data-oabot" not in world.text(NOTICE, "ruwiki")


def test_a_page_in_translation_is_refused_as_such(world: Explained) -> None:
    wiki = world.wikis["ruwiki"]
    setup = "{{Office actions|local}}\n{{Office actions end}}"
    wiki.put("User:OATransparencyBot/Действия", f"<translate>Слова</translate>\n{setup}")
    wiki.put("User:OATransparencyBot/Действия/ru", f"Слова\n{setup}")
    page: Page = wiki.pages(["User:OATransparencyBot/Действия/ru"])["User:OATransparencyBot/Действия/ru"]
    outcome = of(world.publish("run-1"), page.title)

    assert (outcome.result, outcome.reason) == (Result.SKIPPED, "translation")
    assert wiki.pages([page.title])[page.title].text == page.text


def lists(world: Explained) -> int:
    """How often the wiki was asked which statements there are."""
    return sum(asked.get("gapprefix") == "Office actions/" for asked in world.logs["metawiki"].asked)


def test_what_was_asked_early_about_statements_is_not_asked_again(world: Explained) -> None:
    world.publish("run-1")
    before = lists(world)
    world.translations.ask_early()
    world.publish("run-2")

    assert lists(world) == before + 1


def test_nothing_read_is_nothing_told() -> None:
    assert Explanations().told(()) == ()
    assert Explanations(Learned(whole=False)).learned.found == ()


def test_the_config_says_what_a_statement_explains() -> None:
    configured = StatementConfig.model_validate(
        {"page": "Office_actions/x", "entries": ("metawiki:12",), "since": "2021-09-13", "until": "2021-02-31"}
    )

    assert followed([configured]) == [
        Followed("Office actions/x", entries=frozenset({EntryId("metawiki", 12)}), since=date(2021, 9, 13))
    ]
