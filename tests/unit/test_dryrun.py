from __future__ import annotations

from oabot.dryrun import DryRunWiki, unified
from oabot.model import Edit, Page, Saved
from tests.fakes.wiki import FakeWiki


def dry(wiki: FakeWiki) -> tuple[DryRunWiki, list[tuple[Edit, str]]]:
    shown: list[tuple[Edit, str]] = []
    return DryRunWiki(wiki, lambda edit, diff: shown.append((edit, diff))), shown


def test_a_dry_run_shows_the_change_and_saves_nothing() -> None:
    wiki = FakeWiki()
    base = wiki.put("User:X", "one\ntwo\nthree")
    dryrun, shown = dry(wiki)
    edit = Edit("User:X", "one\n2\nthree", "why", base)
    saved = dryrun.save(edit)

    assert saved == Saved(base, changed=False)
    assert wiki.saves == []
    assert shown == [(edit, f"--- User:X\trevision {base}\n+++ User:X\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n")]


def test_a_page_that_would_be_made_is_shown_whole() -> None:
    dryrun, shown = dry(FakeWiki())
    dryrun.save(Edit("User:X", "one\ntwo", "why", 0))

    assert [line for line in shown[0][1].splitlines() if line.startswith("+")] == ["+++ User:X", "+one", "+two"]


def test_an_edit_that_changes_nothing_has_an_empty_diff() -> None:
    assert unified(Page("User:X", "same\u2028line", 5), "same\u2028line") == ""


def test_everything_else_is_asked_of_the_wiki() -> None:
    wiki = FakeWiki()
    base = wiki.put("User:X", "{{Marker}}")
    dryrun, _ = dry(wiki)

    assert dryrun.dbname == wiki.dbname
    assert dryrun.pages(["User:X"]) == wiki.pages(["User:X"])
    assert dryrun.transcluding("Marker") == wiki.transcluding("Marker") != []
    assert [revision.revid for revision in dryrun.revisions("User:X")] == [base]
    assert dryrun.account() == wiki.account()
    assert dryrun.users(["Nobody"]) == wiki.users(["Nobody"])
