from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from oabot.sources import pages
from oabot.sources.api import Api
from oabot.sources.facts import statement
from oabot.sources.translate import Translate
from oabot.statements import CorrectionState, GroupState, State, Statement, Translation
from tests.fakes.clock import StillClock
from tests.fakes.mediawiki import FakeMediaWiki, row
from tests.fakes.translate import TITLE, TranslatedPage

pytestmark = pytest.mark.loopback

UNITS = ["Page display title", *map(str, range(1, 26))]
TEXT = """<translate>
<!--T:1-->
Dear all.

== Updated Office Action on User 示例癸 == <!--T:24-->

<!--T:25-->
The account was restored. WMFOffice 21:47, 16 September 2021 (UTC)
</translate>"""


@pytest.fixture
def wiki() -> Iterator[FakeMediaWiki]:
    fake = FakeMediaWiki()
    yield fake
    fake.close()


@pytest.fixture
def page(wiki: FakeMediaWiki) -> TranslatedPage:
    """The Bengali case: 5 of 26 units, and the correction not among them."""
    page = TranslatedPage(wiki, TEXT, list(UNITS))
    page.mark(1, "2021-09-14T10:00:31Z", 26)
    page.translate("bn", "Page display title", "1", "2", "3", "4")
    page.titles["bn"] = '<span lang="bn">২০২১ সালের &amp; বিবৃতি</span>'
    return page


@pytest.fixture
def api(wiki: FakeMediaWiki) -> Iterator[Api]:
    reader = Api(wiki.url, "metawiki", "oabot-tests (nobody@example.org)", StillClock())
    yield reader
    reader.close()


def facts(api: Api, *affected: str, title: str = TITLE) -> Statement:
    found = statement(api, Translate(api, StillClock()), title, affected)
    assert found is not None
    return found


def language(found: Statement, code: str) -> Translation:
    return next(each for each in found.translations if each.language == code)


def test_the_bengali_readers_have_the_accusation_and_not_the_correction(page: TranslatedPage, api: Api) -> None:
    found = facts(api, "bn", "zh")
    bengali = language(found, "bn")

    assert (found.id, found.title, found.group) == ("OA2021", TITLE, GroupState.MARKED)
    assert (bengali.translated, bengali.total, bengali.percent) == (5, 26, 19)
    assert bengali.state is State.CORRECTION_NOT_TRANSLATED
    assert language(found, "zh").state is State.NOT_STARTED
    assert dict(found.titles) == {"bn": "২০২১ সালের & বিবৃতি"}


def test_after_a_new_version_is_marked_outdated_units_say_since_which(page: TranslatedPage, api: Api) -> None:
    page.keys += ["26", "27"]
    page.revid = 140
    page.mark(2, "2021-09-20T09:00:00Z", 4)
    page.translate("bn", "3", "4", status="fuzzy")
    page.changed = {"3": "2021-09-20T09:00:05Z", "4": "2021-09-20T09:00:07Z"}

    bengali = language(facts(api, "bn"), "bn")

    assert (bengali.translated, bengali.fuzzy, bengali.total, bengali.percent) == (3, 2, 28, 11)
    assert bengali.outdated == (("3", 140), ("4", 140))


def test_a_translated_correction_and_all_the_rest_is_complete(page: TranslatedPage, api: Api) -> None:
    page.translate("bn", *UNITS)

    bengali = language(facts(api, "bn"), "bn")

    assert (bengali.state, bengali.correction) == (State.COMPLETE, CorrectionState.DONE)


def test_a_correction_that_is_not_marked_yet_is_not_translated_anywhere(page: TranslatedPage, api: Api) -> None:
    page.translate("bn", *UNITS)
    page.revid = 160
    page.text = TEXT + "\n== Correction ==\nSorry. WMFOffice 10:00, 20 September 2021 (UTC)"

    found = facts(api, "bn")

    assert found.source_is_newer
    assert language(found, "bn").correction is CorrectionState.UNMARKED
    assert language(found, "bn").state is State.CORRECTION_NOT_TRANSLATED


def test_text_that_is_not_marked_yet_is_told_of_a_complete_translation(page: TranslatedPage, api: Api) -> None:
    page.translate("bn", *UNITS)
    page.revid = 160

    assert language(facts(api, "bn"), "bn").state is State.SOURCE_NEWER


def test_units_are_asked_only_for_affected_languages_that_have_begun(
    wiki: FakeMediaWiki, page: TranslatedPage, api: Api
) -> None:
    page.translate("ru", "1")

    found = facts(api, "bn", "zh")

    assert [each["mclanguage"] for each in wiki.asked if each.get("list") == "messagecollection"] == ["bn"]
    assert language(found, "ru").correction is CorrectionState.UNKNOWN
    assert language(found, "ru").state is State.PARTIAL


def test_priority_languages_are_there_even_with_nothing_translated(page: TranslatedPage, api: Api) -> None:
    page.priority = ["zh", "fr"]

    found = facts(api)

    assert found.priority == ("zh", "fr")
    assert [each.language for each in found.translations] == ["bn", "fr", "zh"]


def test_a_redirect_is_followed(page: TranslatedPage, api: Api) -> None:
    assert facts(api, title="OA2021").title == TITLE


def test_a_page_that_moved_without_a_redirect_is_found_by_the_translation_log(page: TranslatedPage, api: Api) -> None:
    old = "Office actions/September 2021"
    more = {"title": old, "ns": 0, "params": {"target": TITLE}, "type": "pagetranslation", "action": "moveok"}
    page.wiki.rows.append(row(9, "2021-09-15T00:00:00Z", **more))

    found = facts(api, title=old)

    assert found.title == TITLE
    assert len(found.marks) == 1


@pytest.mark.parametrize(
    ("action", "group", "state"),
    [("unmark", GroupState.UNMARKED, State.UNMARKED), ("encourage", GroupState.UNKNOWN, State.UNKNOWN_GROUP)],
)
def test_a_page_without_a_group_has_a_state_of_its_own(
    page: TranslatedPage, api: Api, action: str, group: GroupState, state: State
) -> None:
    page.known = False
    page.mark(2, "2021-09-15T00:00:00Z", 0, action=action)

    found = facts(api, "bn")

    assert found.group is group
    assert [(each.language, each.state) for each in found.translations] == [("bn", state)]


def test_a_wiki_without_translate_has_a_state_of_its_own(wiki: FakeMediaWiki, page: TranslatedPage, api: Api) -> None:
    for name in ("messagegroups", "messagegroupstats", "messagecollection"):
        del wiki.modules[name]

    found = facts(api, "bn")

    assert found.group is GroupState.NO_TRANSLATE
    assert len(found.corrections) == 1
    assert not any(each.get("letype") == "pagetranslation" for each in wiki.asked)


def test_a_page_that_is_not_there_is_no_statement(page: TranslatedPage, api: Api) -> None:
    assert statement(api, Translate(api, StillClock()), "Office actions/May 1999 statement", []) is None


def test_statements_are_found_by_their_titles_and_what_changed_by_revids_and_marks(
    wiki: FakeMediaWiki, page: TranslatedPage, api: Api
) -> None:
    since = datetime(2021, 9, 14, tzinfo=UTC)
    before = pages.newest(api, ["Policy:Office actions"], since)
    page.translate("bn", "5")
    translated = pages.newest(api, ["Policy:Office actions"], since)
    page.mark(2, "2021-09-20T09:00:00Z", 4)
    marked = pages.newest(api, ["Policy:Office actions"], since)

    assert before.statements == [TITLE]
    assert dict(before.revids)[TITLE] == 100
    assert len({before, translated, marked}) == 3
    assert pages.newest(api, ["Policy:Office actions"], since) == marked


def test_posts_of_the_role_account_on_talk_pages_are_candidates_each_section_once(
    wiki: FakeMediaWiki, api: Api
) -> None:
    def post(revid: int, title: str, comment: str, **more: object) -> dict[str, object]:
        return {
            "revid": revid,
            "ns": 1,
            "title": title,
            "comment": comment,
            "timestamp": "2021-10-20T16:28:00Z",
            **more,
        }

    rows = [
        post(5, "Talk:Office actions", "/* Question */ reply"),
        post(4, "Talk:Office actions", "/* Question */ more"),
        post(3, "Office actions", "/* Section */ edit", ns=0),
        post(2, "Talk:Office actions", "/* Hidden */ x", commenthidden=True),
        post(1, "User talk:Example", "no section"),
        post(0, "Meta talk:Rights", "/* Office action */ new section", ns=5),
    ]
    wiki.modules["usercontribs"] = lambda params: {"query": {"usercontribs": rows}}

    found = list(pages.posts(api, "WMFOffice"))

    assert [(each.title, each.section, each.revid) for each in found] == [
        ("Talk:Office actions", "Question", 5),
        ("Meta talk:Rights", "Office action", 0),
    ]
