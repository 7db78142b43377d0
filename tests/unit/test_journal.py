"""The journal: who asked, what changed, what was left alone and why; never a link that pings."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from oabot import journal
from oabot.config import Settings
from oabot.journal import Entry
from oabot.outcomes import Teller
from oabot.ownpages import teller
from oabot.publish import Outcome, Result
from tests.attacks import Attack, attacks

SETTINGS = Settings.model_validate(
    {"wikis": {"metawiki": {"url": "https://meta.example"}, "ruwiki": {"url": "https://ru.example", "drafts": ["ru"]}}}
)
WHEN = datetime(2023, 1, 31, 12, tzinfo=UTC)
SAVED = Outcome("metawiki", "Project:A", Result.SAVED, revid=7)


def english() -> Teller:
    return teller(SETTINGS, "metawiki")


def entry(**more: object) -> Entry:
    return Entry(**{"run": "run-1", "when": WHEN, "woken": "stream", "job": "tables", "outcomes": [SAVED]} | more)  # type: ignore[arg-type] # named in each test


def test_a_months_page_begins_with_what_it_is_and_grows_at_its_end() -> None:
    first = journal.append("", entry(), english())
    second = journal.append(f"{first}\n: A person's remark.", entry(run="run-2"), english())

    assert journal.title(WHEN) == "Journal/2023-01"
    assert first.startswith("__NOINDEX__\n")
    assert second.startswith(f"{first}\n: A person's remark.\n\n== ")


def test_a_run_is_told_of_once() -> None:
    first = journal.append("", entry(), english())

    assert journal.append(first, entry(), english()) == first


def test_a_run_tells_who_asked_and_where_without_a_link_to_them() -> None:
    text = journal.section(entry(asker="Пример Админ", request=("ruwiki", 99), reason="why not"), english())

    assert "Пример Админ" in text
    assert "https://ru.example/wiki/Special:Diff/99" in text
    assert "why not" in text
    assert "[[" not in text


def test_pages_are_told_with_their_differences_and_those_left_alone_with_the_reason() -> None:
    outcomes = [
        SAVED,
        Outcome("ruwiki", "Проект:Б", Result.SKIPPED, "protected"),
        Outcome("ruwiki", "Проект:В", Result.SKIPPED, "region-end-missing"),
        Outcome("ruwiki", "Проект:Г", Result.SKIPPED, "titleblacklist-forbidden-new"),
        Outcome("ruwiki", "Проект:Д", Result.HELD, "held", losing=(9, 10)),
    ]

    text = journal.section(entry(outcomes=outcomes), english())

    assert "https://meta.example/wiki/Special:Diff/7" in text
    assert "the page is protected" in text
    assert "the closing template is missing" in text
    assert "titleblacklist&#45;forbidden&#45;new" in text
    assert "held until somebody approves" in text


def test_pages_of_several_wikis_are_told_with_the_wiki_and_those_of_one_without() -> None:
    other = Outcome("ruwiki", "Проект:Б", Result.SKIPPED, "protected")

    assert "<bdi>metawiki</bdi>: [" in journal.section(entry(outcomes=[SAVED, other]), english())
    assert "<bdi>metawiki</bdi>" not in journal.section(entry(outcomes=[SAVED]), english())


@pytest.mark.parametrize(
    "reason",
    ["blocked", "talk", "undone", "reverted", "stopped", "changed", "edited", "busy", "enough", "unread", "conflict"],
)
def test_every_reason_can_be_said_in_every_language(reason: str) -> None:
    for code in ("en", "ru", "fa"):
        settings = Settings.model_validate(
            {"wikis": {"metawiki": {"url": "https://meta.example", "language": code, "drafts": [code]}}}
        )

        said = teller(settings, "metawiki").why(Outcome("metawiki", "A", Result.SKIPPED, reason))
        assert said
        assert "<code>" not in said, "not as if the wiki had refused with a code of its own"


def test_a_run_that_saved_nothing_isn_t_notable() -> None:
    assert entry().notable
    assert not entry(outcomes=[Outcome("metawiki", "A", Result.SKIPPED, "protected")]).notable
    assert not entry(outcomes=[]).notable


def test_numbers_of_what_is_left_to_people_are_added() -> None:
    text = journal.section(journal.counted(entry(), 2, 3), english())

    assert "{{formatnum:2}} log entries in a form" in text
    assert "{{formatnum:3}} log entries wait" in text


@pytest.mark.parametrize("attack", attacks(), ids=str)
def test_a_reason_can_do_nothing(attack: Attack) -> None:
    text = journal.section(entry(asker=attack.text, request=("ruwiki", 1), reason=attack.text), english())
    plain = text.replace("{{#time:F|2023-01|en}}", "").replace("{{formatnum:1}}", "")

    assert "{{" not in plain
    assert "[[" not in plain
    assert "~~~" not in plain
