"""What every wiki keeps, the one in memory and the real one behind Pywikibot."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from oabot.errors import AccountRefused, EditConflict, PageRefused, WikiError, WikiRests
from oabot.model import Edit, Page, PageState
from oabot.wiki import Access, BotPassword, Session, configure
from tests.contract.stages import BOT, FakeStage, FarmStage, Stage
from tests.local_farm import accounts

AGENT = "oabot/0 (https://example.org/contact; test)"
TITLE = f"User:{BOT}/Test"


@pytest.fixture
def session() -> Session:
    bot = accounts()["bot"]
    return configure(Access(bot.name, BotPassword(bot.bot_login.partition("@")[2], bot.bot_secret), AGENT))


@pytest.fixture(params=["fake", pytest.param("farm", marks=pytest.mark.farm)])
def stage_of(request: pytest.FixtureRequest) -> Callable[[str], Stage]:
    if request.param == "fake":
        return lambda dbname: FakeStage({"metawiki": "en", "ruwiki": "ru", "zhwiki": "zh"}[dbname])
    farm, session = request.getfixturevalue("fresh_farm"), request.getfixturevalue("session")
    return lambda dbname: FarmStage(farm, session, dbname)


@pytest.fixture
def stage(stage_of: Callable[[str], Stage]) -> Stage:
    return stage_of("metawiki")


def read(stage: Stage, title: str = TITLE) -> Page:
    return stage.wiki.pages([title])[title]


def edit(text: str, base: int, title: str = TITLE, summary: str = "a test", *, bot: bool = True) -> Edit:
    return Edit(title, text, summary, base, mark_bot=bot)


def refused(stage: Stage, wanted: Edit, error: type[WikiError]) -> str:
    """Save, see that it fails and that nothing changed; gives the code."""
    before = read(stage, wanted.title).revid
    with pytest.raises(error) as caught:
        stage.wiki.save(wanted)

    assert read(stage, wanted.title).revid == before
    return caught.value.code


# Reading


def test_a_missing_page_is_read_as_missing(stage: Stage) -> None:
    page = read(stage, "User:Nobody/Nothing")

    assert (page.state, page.revid, page.text) == (PageState.MISSING, 0, "")


def test_a_page_is_read_with_text_revision_author_namespace_and_language(stage: Stage) -> None:
    revid = stage.put(TITLE, "some text")

    page = read(stage)
    assert (page.title, page.text, page.revid, page.namespace) == (TITLE, "some text", revid, 2)
    assert (page.state, page.user, page.language) == (PageState.EXISTS, "FarmAdmin", "en")
    assert page.timestamp is not None


@pytest.mark.parametrize(
    "title",
    ["<x>", "User:", "%41", "a|b", "", " ", "~~~~", "a/../b", "x" * 300, "Special:Log", "m:Main", "\ud800", "a\nb"],
)
def test_what_can_be_no_page_is_invalid_and_spoils_nothing(stage: Stage, title: str) -> None:
    stage.put(TITLE, "x")

    found = stage.wiki.pages([title, TITLE])
    assert found[title].state is PageState.INVALID
    assert found[TITLE].text == "x"


@pytest.mark.parametrize(
    "asked", ["user:OATransparencyBot/Test", " User:OATransparencyBot/Test_", "User:OATransparencyBot/Test#x"]
)
def test_pages_are_keyed_as_asked_and_named_as_the_wiki_names_them(stage: Stage, asked: str) -> None:
    stage.put(TITLE, "x")

    assert read(stage, asked).title == TITLE


def test_a_title_in_another_unicode_form_is_the_same_page(stage: Stage) -> None:
    stage.put("User:Caf\u00e9", "x")

    assert read(stage, "User:Cafe\u0301").text == "x"


def test_a_wiki_in_russian_names_namespaces_in_russian(stage_of: Callable[[str], Stage]) -> None:
    stage = stage_of("ruwiki")
    stage.put("User:Пример/Тест", "x")

    found = stage.wiki.pages(["User:Пример/Тест", "Участник:Пример/Тест"])
    assert {page.title for page in found.values()} == {"Участник:Пример/Тест"}
    assert {page.text for page in found.values()} == {"x"}
    assert found["User:Пример/Тест"].language == "ru"


def test_a_redirect_is_read_itself(stage: Stage) -> None:
    stage.put(TITLE, "#REDIRECT [[Main Page]]")

    assert read(stage).text == "#REDIRECT [[Main Page]]"


def test_more_titles_than_go_in_one_request_are_all_read(stage: Stage) -> None:
    titles = [f"User:{BOT}/{number}" for number in range(120)]
    stage.put(titles[0], "first")
    stage.put(titles[-1], "last")

    found = stage.wiki.pages(titles)
    assert list(found) == titles
    assert (found[titles[0]].text, found[titles[60]].state, found[titles[-1]].text) == (
        "first",
        PageState.MISSING,
        "last",
    )


def test_protection_is_read(stage: Stage) -> None:
    stage.put(TITLE, "x")
    stage.protect(TITLE)

    assert read(stage).edit_protection == "sysop"


def test_every_page_that_transcludes_a_template_is_found_in_order(stage: Stage) -> None:
    for number in range(53):
        stage.put(f"User:{BOT}/T{number:02}", f"{{{{Test marker|{number}}}}} text {number}")
    stage.put(TITLE, "<nowiki>{{Test marker}}</nowiki>")

    found = stage.wiki.transcluding("Test marker")
    assert [page.title for page in found] == [f"User:{BOT}/T{number:02}" for number in range(53)]
    assert found[52].text == "{{Test marker|52}} text 52"


def test_a_template_that_nothing_transcludes_gives_no_page(stage: Stage) -> None:
    assert stage.wiki.transcluding("Test marker") == []


def test_revisions_come_oldest_first_and_only_newer_ones(stage: Stage) -> None:
    revids = [stage.put(TITLE, text) for text in ("one", "two", "three")]

    assert [(r.revid, r.text) for r in stage.wiki.revisions(TITLE)] == list(
        zip(revids, ["one", "two", "three"], strict=True)
    )
    assert [r.text for r in stage.wiki.revisions(TITLE, after=revids[0])] == ["two", "three"]
    assert [r.text for r in stage.wiki.revisions(TITLE, limit=2)] == ["one", "two"]
    assert [r.parent for r in stage.wiki.revisions(TITLE)] == [0, *revids[:2]]


def test_a_missing_page_has_no_revisions(stage: Stage) -> None:
    assert stage.wiki.revisions("User:Nobody/Nothing") == []


def test_revisions_after_one_that_was_deleted_with_its_page_are_those_there_now(stage: Stage) -> None:
    gone = stage.put(TITLE, "one")
    stage.delete(TITLE)
    stage.put(TITLE, "two")

    assert [r.text for r in stage.wiki.revisions(TITLE, after=gone)] == ["two"]


def test_what_is_hidden_of_a_revision_is_none(stage: Stage) -> None:
    hidden = stage.put(TITLE, "one")
    stage.put(TITLE, "two")
    stage.hide(hidden)

    revision = stage.wiki.revisions(TITLE)[0]
    assert (revision.revid, revision.text, revision.user, revision.comment) == (hidden, None, None, None)


# Accounts


def test_our_account_is_seen_as_it_is_now(stage: Stage) -> None:
    before = stage.wiki.account()
    talk = stage.put(f"User talk:{BOT}", "stop, please")
    stage.block()

    after = stage.wiki.account()
    assert (before.name, before.blocked, before.talk_revid) == (BOT, False, 0)
    assert {"bot"} <= before.groups
    assert {"edit"} <= before.rights
    assert (after.blocked, after.talk_revid) == (True, talk)


def test_all_that_a_save_depends_on_is_seen_as_it_is_now(stage: Stage) -> None:
    run, talk = f"User:{BOT}/Run", f"User talk:{BOT}"
    for number in range(3):
        if number < 2:
            stage.put(run, f"run {number}")
        else:
            stage.wiki.save(edit(f"run {number}", read(stage, run).revid, run))
        newest = stage.put(talk, f"hello {number}")
        look = stage.wiki.look([TITLE, "User:Nobody/Nothing"], [run])
        author = BOT if number == 2 else "FarmAdmin"

        assert (look.pages[run].text, look.pages[run].user) == (f"run {number}", author)
        assert look.pages["User:Nobody/Nothing"].state is PageState.MISSING
        assert look.authors == stage.wiki.users([author])
        assert look.account.talk_revid == newest
        assert "edit" in look.account.rights


def test_a_look_ahead_shows_the_same_as_a_look(stage: Stage) -> None:
    run, base = f"User:{BOT}/Run", stage.put(TITLE, "text")
    stage.put(run, "run")
    told = stage.wiki.look([TITLE], [run])
    stage.wiki.look_ahead([TITLE, "User:Nobody/Nothing"], [run])
    seen = stage.wiki.look([TITLE], [run])

    assert {title: seen.pages[title] for title in (TITLE, run)} == {title: told.pages[title] for title in (TITLE, run)}
    assert (seen.authors, seen.account, read(stage).revid) == (told.authors, told.account, base)


def test_what_we_save_after_a_look_ahead_is_read_as_it_is_then(stage: Stage) -> None:
    base = stage.put(TITLE, "before")
    stage.wiki.look_ahead([TITLE], [f"User:{BOT}/Run"])
    stage.wiki.save(edit("after", base))

    assert read(stage).text == "after"


def test_what_somebody_saves_after_a_look_ahead_is_a_conflict_and_then_read(stage: Stage) -> None:
    stage.put(TITLE, "before")
    stage.wiki.look_ahead([TITLE], [f"User:{BOT}/Run"])
    seen = read(stage)
    stage.put(TITLE, "theirs")
    with pytest.raises(EditConflict):
        stage.wiki.save(edit("ours", seen.revid))

    assert read(stage).text == "theirs"


def test_what_somebody_saves_after_a_look_ahead_is_seen_when_we_look_anew(stage: Stage) -> None:
    run = f"User:{BOT}/Run"
    stage.put(run, "stop")
    stage.wiki.look_ahead([TITLE], [run])
    stage.put(run, "run")
    stage.wiki.look_anew()

    assert stage.wiki.look([TITLE], [run]).pages[run].text == "run"


def test_a_stop_after_a_look_ahead_is_seen_before_the_third_save(stage: Stage) -> None:
    run = f"User:{BOT}/Run"
    stage.put(run, "run")
    titles = [f"{TITLE}/{number}" for number in range(3)]
    bases = {title: stage.put(title, "before") for title in titles}
    stage.wiki.look_ahead(titles, [run])
    for title in titles[:2]:
        assert stage.wiki.look([title], [run]).pages[title].revid == bases[title]
        stage.wiki.save(edit("after", bases[title], title))
    stage.put(run, "stop")

    assert stage.wiki.look(titles[2:], [run]).pages[run].text == "stop"


def test_a_user_that_nobody_is_is_missing(stage: Stage) -> None:
    found = stage.wiki.users(["Nobody at all", "127.0.0.1", "a|b", "<x>"])

    assert all(user.missing for user in found.values())
    assert len(found) == 4


# Saving


def test_a_page_is_created(stage: Stage) -> None:
    saved = stage.wiki.save(edit("new text", 0))

    page = read(stage)
    assert (page.text, page.revid, page.user) == ("new text", saved.revid, BOT)
    assert saved.changed


def test_a_page_is_changed_and_the_summary_kept(stage: Stage) -> None:
    base = stage.put(TITLE, "old | text")
    saved = stage.wiki.save(edit("new | text\n\n", base, summary="why | it changed"))

    newest = stage.wiki.revisions(TITLE)[-1]
    assert (newest.text, newest.revid, newest.parent) == ("new | text", saved.revid, base)
    assert (newest.comment, newest.minor) == ("why | it changed", False)


def test_a_text_that_is_there_already_is_no_new_revision(stage: Stage) -> None:
    base = stage.put(TITLE, "text")

    saved = stage.wiki.save(edit("text\n", base))
    assert (saved.revid, saved.changed) == (base, False)
    assert len(stage.wiki.revisions(TITLE)) == 1


def test_two_saves_of_ours_follow_one_another(stage: Stage) -> None:
    first = stage.wiki.save(edit("one", 0))
    second = stage.wiki.save(edit("two", first.revid))

    assert (read(stage).text, read(stage).revid) == ("two", second.revid)


@pytest.mark.parametrize("at", ["in the same second", "later"])
def test_a_revision_saved_by_somebody_else_meanwhile_is_a_conflict(stage: Stage, at: str) -> None:
    base = stage.put(TITLE, "old")
    if at == "later":
        stage.later()
    stage.put(TITLE, "a person's")

    assert refused(stage, edit("ours", base), EditConflict) == "editconflict"
    assert read(stage).text == "a person's"


def test_a_page_deleted_meanwhile_is_not_made_again(stage: Stage) -> None:
    base = stage.put(TITLE, "old")
    read(stage)
    stage.delete(TITLE)

    assert refused(stage, edit("ours", base), EditConflict) == "missingtitle"


def test_a_page_deleted_and_made_anew_meanwhile_is_a_conflict(stage: Stage) -> None:
    base = stage.put(TITLE, "old")
    read(stage)
    stage.delete(TITLE)
    stage.put(TITLE, "a person's")

    refused(stage, edit("ours", base), EditConflict)


def test_a_page_made_by_somebody_else_meanwhile_is_a_conflict(stage: Stage) -> None:
    read(stage)
    stage.put(TITLE, "a person's")

    assert refused(stage, edit("ours", 0), EditConflict) == "articleexists"


@pytest.mark.parametrize(
    "text", ["{{nobots}}", f"{{{{bots|deny={BOT}}}}}", "{{Bots|deny=all}}", "{{bots|allow=Other}}"]
)
def test_a_page_that_keeps_us_out_by_template_is_left_alone(stage: Stage, text: str) -> None:
    base = stage.put(TITLE, text)
    read(stage)

    assert refused(stage, edit("without the template", base), PageRefused) == "nobots"


def test_a_page_that_keeps_us_out_is_left_alone_though_we_have_not_read_it(stage: Stage) -> None:
    base = stage.put(TITLE, "{{nobots}}")

    with pytest.raises(PageRefused, match="nobots"):
        stage.wiki.save(edit("without the template", base))


@pytest.mark.parametrize("text", [f"{{{{bots|allow={BOT}}}}}", "{{bots|deny=Other}}", "<nowiki>{{nobots}}</nowiki>"])
def test_a_page_that_keeps_others_out_is_saved(stage: Stage, text: str) -> None:
    base = stage.put(TITLE, text)

    assert stage.wiki.save(edit(f"{text} and more", base)).changed


def test_a_protected_page_is_refused(stage: Stage) -> None:
    base = stage.put(TITLE, "x")
    stage.protect(TITLE)

    assert refused(stage, edit("ours", base), PageRefused) == "protectedpage"


def test_a_page_under_cascading_protection_is_refused(stage: Stage) -> None:
    base = stage.put("Template:Kept", "x")
    stage.put("Cascades", "{{Kept}}")
    stage.protect("Cascades", cascade=True)

    assert refused(stage, edit("ours", base, "Template:Kept"), PageRefused) == "cascadeprotected"


def test_interface_pages_are_refused(stage: Stage) -> None:
    assert refused(stage, edit("ours", 0, "MediaWiki:Test"), PageRefused) == "protectednamespace-interface"


def test_a_title_that_is_none_is_refused(stage: Stage) -> None:
    assert refused(stage, edit("ours", 0, "a<b"), PageRefused) == "invalidtitle"


@pytest.mark.parametrize("partial", [False, True])
def test_a_block_stops_our_account(stage: Stage, partial: bool) -> None:
    base = stage.put("Kept from us", "x")
    stage.block(partial=partial)

    assert refused(stage, edit("ours", base, "Kept from us"), AccountRefused) == "blocked"


@pytest.mark.parametrize("state", ["readonly", "maxlag", "ratelimited"])
def test_a_wiki_that_can_not_be_edited_now_rests(stage: Stage, state: str) -> None:
    read(stage)
    stage.steer(state)

    assert refused(stage, edit("ours", 0), WikiRests) == state


@pytest.mark.parametrize("state", ["readonly", "maxlag"])
def test_a_wiki_that_can_not_be_edited_can_be_read(stage: Stage, state: str) -> None:
    stage.put(TITLE, "x")
    read(stage)
    stage.steer(state)

    assert read(stage).text == "x"


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("FILTEREDWORD", "abusefilter-disallowed"),
        ("FILTEREDWORD", "abusefilter-warning"),
        ("spam.example.org", "spamblacklist"),
        ("TITLEWORD", "titleblacklist-forbidden"),
    ],
)
def test_what_the_wiki_filters_is_refused_and_not_sent_twice(stage: Stage, word: str, code: str) -> None:
    title = f"User:{BOT}/TITLEWORD" if word == "TITLEWORD" else TITLE
    stage.refuse(word, code)

    # A warning would be overridden by sending the same edit again.
    assert refused(stage, edit(f"https://{word}/ {word}", 0, title), PageRefused) == code


def test_a_text_that_is_too_long_is_refused(stage: Stage) -> None:
    assert refused(stage, edit("x" * (2048 * 1024 + 1), 0), PageRefused) == "contenttoobig"


def test_a_summary_that_the_wiki_would_cut_is_refused(stage: Stage) -> None:
    assert refused(stage, edit("ours", 0, summary="я" * 501), PageRefused) == "summary-too-long"
    assert stage.wiki.save(edit("ours", 0, summary="я" * 500)).changed


def test_an_error_names_nobody(stage: Stage) -> None:
    stage.block()
    with pytest.raises(AccountRefused) as caught:
        stage.wiki.save(edit("ours", 0))

    assert str(caught.value) == "blocked"
