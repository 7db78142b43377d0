"""What people wrote about log entries: each field by somebody who may set it."""

from __future__ import annotations

from oabot.annotations import FIELDS, read_annotations, reader
from oabot.attribution import attribute
from oabot.model import Annotation, EntryId, User, Verdict
from tests.histories import History

TITLE = "User:Bot/Annotations"
READER = reader("Office action note", TITLE, "Bot")
USERS = {
    "Admin": User("Admin", frozenset({"sysop"})),
    "Steward": User("Steward", frozenset({"steward"})),
    "Ordinary": User("Ordinary", frozenset({"user"})),
    "Blocked": User("Blocked", frozenset({"sysop"}), blocked=True),
    "Locked": User("Locked", frozenset({"sysop"}), locked=True),
}
ALLOWED = {name: {"sysop", "steward"} for name in FIELDS}
ENTRY = EntryId("metawiki", 123)


def read(history: History, **more: set[str]) -> tuple[Annotation, ...]:
    return read_annotations(attribute(history.revisions, READER), USERS, {**ALLOWED, **more})


def page(*edits: tuple[str, str]) -> History:
    history = History()
    history.edit("Founder", "Notes.")
    for user, line in edits:
        history.add(user, line)
    return history


def note(**fields: str) -> str:
    return "{{Office action note|entry=metawiki:123|" + "|".join(f"{k}={v}" for k, v in fields.items()) + "}}"


def test_every_field_is_read() -> None:
    history = page(
        (
            "Admin",
            note(
                statement="Office actions/Example",
                discussion="Meta:A",
                discussion2="Meta:B, with a comma",
                local_notice="zhwiki:Project:C#D",
                note="A remark.",
                claimed_date="2021-09-13",
                verdict="Yes",
            ),
        )
    )

    assert read(history) == (
        Annotation(
            ENTRY,
            "Office actions/Example",
            ("Meta:A", "Meta:B, with a comma"),
            "zhwiki:Project:C#D",
            "A remark.",
            "2021-09-13",
            Verdict.YES,
        ),
    )


def test_only_who_may_set_a_field_sets_it() -> None:
    for author in ("Ordinary", "Blocked", "Locked", "Nobody known"):
        assert read(page((author, note(verdict="yes")))) == ()

    assert read(page(("Ordinary", note(note="x", verdict="yes"))), note={"user"}) == (Annotation(ENTRY, note="x"),)


def test_fields_of_one_template_count_by_who_added_each() -> None:
    history = page(("Ordinary", note(statement="A")))
    history.edit("Admin", history.text.replace("|statement=A", "|statement=A|verdict=no"))

    assert read(history) == (Annotation(ENTRY, verdict=Verdict.NO),)


def test_a_field_over_several_lines_may_be_added_to_somebodys_template() -> None:
    history = page(("Admin", "{{Office action note\n|entry=metawiki:123\n|statement=A\n}}"))
    history.edit("Steward", history.text.replace("|statement=A", "|statement=B"))

    assert read(history) == (Annotation(ENTRY, statement="B"),)


def test_an_admin_who_mends_a_remark_of_somebody_else_does_not_vouch_for_it() -> None:
    history = page(("Ordinary", note(note="This persn did something bad.")))
    history.edit("Admin", history.text.replace("persn", "person"))

    assert read(history) == ()


def test_an_admin_who_writes_another_remark_vouches_for_it() -> None:
    history = page(("Ordinary", note(note="This persn did something bad.")))
    history.edit("Admin", history.text.replace("This persn did something bad.", "See the log."))

    assert read(history) == (Annotation(ENTRY, note="See the log."),)


def test_words_about_another_entry_are_new_words() -> None:
    history = page(("Admin", note(verdict="yes")))
    history.edit("Ordinary", history.text.replace("123", "124"))

    assert read(history) == ()


def test_the_newest_value_counts() -> None:
    assert read(page(("Admin", note(verdict="yes")), ("Steward", note(verdict="no")))) == (
        Annotation(ENTRY, verdict=Verdict.NO),
    )


def test_an_annotation_whose_revision_is_hidden_is_dropped_at_once() -> None:
    history = page(("Admin", note(statement="A")), ("Admin", "later words"))
    assert read(history)

    history.hide(history.revisions[1].revid, text=True)

    assert read(history) == ()


def test_what_cannot_be_is_left_out() -> None:
    for bad in ("{{Office action note|entry=metawiki|verdict=yes}}", note(verdict="maybe"), note(claimed_date="2021")):
        assert all(one == Annotation(ENTRY) for one in read(page(("Admin", bad))))


def test_a_link_may_be_written_as_one() -> None:
    assert read(page(("Admin", note(discussion="[[Meta:A|the talk]]"))))[0].discussion == ("Meta:A",)


def test_a_template_in_a_comment_or_nowiki_says_nothing() -> None:
    assert read(page(("Admin", f"<nowiki>{note(verdict='yes')}</nowiki>"), ("Admin", f"<!--{note(note='x')}-->"))) == ()
