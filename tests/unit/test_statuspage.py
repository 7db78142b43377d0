"""The status page: written when something changes, and once a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from oabot.config import Settings
from oabot.i18n import language
from oabot.ownpages import teller
from oabot.statuspage import Status, render
from oabot.views import Material, Place
from oabot.views.frame import framed
from oabot.wikitext import Wikitext

NOW = datetime(2023, 1, 1, 12, tzinfo=UTC)
TELLER = teller(Settings.model_validate({"wikis": {"metawiki": {"url": "https://meta.example"}}}), "metawiki")
STATUS = Status(NOW, {"metawiki": NOW, "ruwiki": None})


def page(status: Status = STATUS, before: str = "") -> str:
    return render(status, before, TELLER)


def test_transcluded_it_is_the_time_at_which_it_was_written() -> None:
    assert "<onlyinclude>2023-01-01T12:00:00Z</onlyinclude>" in page()


def test_a_later_time_alone_makes_no_edit_for_a_day() -> None:
    first = page()
    later = replace(STATUS, now=NOW + timedelta(hours=23), read={"metawiki": NOW + timedelta(hours=23)})

    assert page(later, first) == first
    assert page(replace(later, now=NOW + timedelta(hours=24)), first) != first


def test_what_the_stream_did_not_tell_of_is_counted_and_makes_no_edit_of_its_own() -> None:
    lossy = replace(STATUS, missed=3, last_missed=NOW)

    assert "{{formatnum:3}} log entries that the event stream did not tell of, the last on <bdi>1 " in page(lossy)
    assert "did not tell" not in page()
    assert page(lossy, page()) == page()


def test_what_matters_makes_an_edit_at_once() -> None:
    first = page()

    for changed in (
        replace(STATUS, rests={"metawiki": "talk"}),
        replace(STATUS, waiting=1),
        replace(STATUS, config_error="line 3, column 1: what"),
        replace(STATUS, config_revid=7),
        replace(STATUS, resting_pages=(("metawiki", "Project:A"),)),
    ):
        assert page(changed, first) != first


def test_a_rest_says_why_and_how_to_end_it() -> None:
    for why, words in {
        "talk": "somebody wrote on the bot",
        "blocked": "account is blocked",
        "undone": "people undid",
        "stopped": "stopped at",
    }.items():
        text = page(replace(STATUS, rests={"metawiki": why}, undone={"metawiki": 2}))

        assert words in text
        assert "an allowed person saves" in text
        assert "The bot is working" not in text


def test_a_wiki_that_has_not_approved_the_bot_is_named() -> None:
    assert "has not approved the bot yet" in page(replace(STATUS, rests={"ruwiki": "not-approved"}))


def test_an_error_of_the_config_is_shown_with_its_line_and_can_do_nothing() -> None:
    text = page(replace(STATUS, config_error="wikis (line 12): {{bad}} [[User:X]]"))

    assert "Line {{formatnum:12}}" in text
    assert "{{bad}}" not in text
    assert "[[User:X]]" not in text


def test_whoever_is_silent_works() -> None:
    assert "The bot is working" in page()
    assert "not read yet" in page()


def test_a_table_on_the_central_wiki_looks_at_it_by_itself_and_no_other_wiki_does() -> None:
    addresses = {"metawiki": "https://meta.example", "ruwiki": "https://ru.example"}
    material = Material((), addresses, "Bot", "metawiki")
    central, local = (
        framed(Wikitext("x"), material, Place(name, "A page", language("en"))) for name in ("metawiki", "ruwiki")
    )

    assert "{{User:Bot/Status}}" in central
    assert "silent" in central
    assert "silent" not in local
