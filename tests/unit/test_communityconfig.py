"""The community's config: only from admins, only narrower, and never half."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from oabot.communityconfig import annotation_groups, kept, narrowed, read, request_rules
from oabot.config import OnWikiConfig, Settings, read_onwiki
from oabot.ledger import Ledger
from oabot.model import Page, PageState
from tests.fakes.clock import StillClock

TITLE = "User:Bot/Config.json"
SETTINGS = Settings.model_validate(
    {
        "wikis": {
            "metawiki": {"approval": "https://meta.example/A", "flagged": True},
            "ruwiki": {"approval": "https://meta.example/B", "flagged": True},
            "zhwiki": {},
        }
    }
)


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(f"sqlite:///{tmp_path}/ledger.sqlite", StillClock())


def page(text: str, *, protection: str = "sysop", model: str = "wikitext") -> Page:
    return Page(TITLE, text, 5, 2, content_model=model, edit_protection=protection)


def config(**sections: object) -> str:
    return json.dumps(sections)


def test_without_a_page_nothing_is_narrowed(ledger: Ledger) -> None:
    found = read(Page(TITLE, "", 0, 2, PageState.MISSING), ledger)

    assert (found.onwiki, found.error) == (OnWikiConfig(), "")
    assert narrowed(SETTINGS, found.onwiki) == SETTINGS


def test_a_page_of_json_counts_and_any_other_only_when_admins_alone_may_edit_it(ledger: Ledger) -> None:
    assert not read(page(config(comment="x"), protection="", model="json"), ledger).error
    assert not read(page(config(comment="x")), ledger).error
    for level in ("", "autoconfirmed", "extendedconfirmed"):
        assert "protect it" in read(page(config(comment="x"), protection=level), ledger).error


def test_a_bad_config_leaves_the_last_good_one_in_force(ledger: Ledger) -> None:
    read(page(config(settle_hours=12)), ledger)

    for bad in ("{", "[]", config(settle_hours=-1), config(unknown=1), '{"a":1,"a":2}', "x" * 70000, ""):
        found = read(page(bad), ledger)

        assert found.error
        assert found.onwiki == OnWikiConfig(settle_hours=12)
    assert read(page(config(settle_hours=13), protection=""), ledger).onwiki == OnWikiConfig(settle_hours=12)
    assert read(Page(TITLE, "", 0, 2, PageState.MISSING), ledger).onwiki == OnWikiConfig(settle_hours=12)
    assert kept(ledger).onwiki == OnWikiConfig(settle_hours=12)


def test_a_config_that_was_never_good_forbids_every_edit(ledger: Ledger) -> None:
    found = read(page("{"), ledger)

    assert found.onwiki is None
    assert not any(wiki.approval for wiki in narrowed(SETTINGS, found.onwiki).wikis.values())


def test_a_wiki_is_approved_only_if_both_say_so() -> None:
    approvals = {"metawiki": "M", "zhwiki": "Z", "frwiki": "F"}
    onwiki = read_onwiki(config(wikis={dbname: {"approval": link} for dbname, link in approvals.items()}))

    approved = {dbname: wiki.approval for dbname, wiki in narrowed(SETTINGS, onwiki).wikis.items()}

    assert approved == {"metawiki": "M", "ruwiki": "", "zhwiki": ""}


def test_the_community_makes_the_bot_slower_and_later_never_faster_or_sooner() -> None:
    onwiki = read_onwiki(config(wikis={"metawiki": {"approval": "M"}}, settle_hours=1))

    found = narrowed(SETTINGS, onwiki)

    assert found.settle_hours == SETTINGS.settle_hours
    assert found.wikis["metawiki"].seconds_between_saves == 60
    assert narrowed(SETTINGS, read_onwiki(config(settle_hours=48))).settle_hours == 48


def test_groups_and_limits_are_the_communitys() -> None:
    onwiki = read_onwiki(
        config(
            wikis={"ruwiki": {"approval": "R", "groups": ["eliminator"]}},
            request_groups=["staff"],
            limits={"requests_per_day": 5},
            annotation_groups={"note": ["patroller"]},
        )
    )
    rules = request_rules("ruwiki", onwiki)

    assert rules.local == {"sysop", "eliminator"}
    assert rules.everywhere == {"steward", "staff"}
    assert (rules.per_person_hour, rules.per_day) == (3, 5)
    assert request_rules("metawiki", onwiki).local == {"sysop"}
    assert annotation_groups("metawiki", onwiki)["note"] == {"patroller"}
    assert annotation_groups("metawiki", onwiki)["verdict"] == {"sysop", "steward"}
