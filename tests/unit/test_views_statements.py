from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest

from oabot.errors import SourceError
from oabot.explained import Told
from oabot.i18n import language
from oabot.model import Annotation, Case
from oabot.statements import CorrectionState, GroupState, State, Statement, Translation
from oabot.views import Draft, Material, Place, figures, render
from oabot.wikitext import regions
from tests.statements import BENGALI, COMPLETE, FALLEN, MISSING, STATEMENT, TITLE, bengali, told
from tests.unit.test_explained import case

META = "https://meta.example"
TRANSLATE = f"{META}/w/index.php?title=Special%3ATranslate&group=page-Office+actions%2FSeptember+2021+statement"


def draw(
    setup: str, *statements: Told, lang: str = "en", shown: str = "", cases: tuple[Case, ...] = (), read: bool = True
) -> Draft:
    """What a region of that set-up says on a Bengali wiki; `shown` is what it says now."""
    [region] = regions(f"{{{{Office actions|{setup}}}}}\n{{{{Office actions end}}}}")
    addresses: Mapping[str, str] = {"metawiki": META, "bnwiki": "https://bn.example"}
    material = Material(cases, addresses, "Bot", "metawiki", statements=statements, statements_read=read)
    return render(region, material, Place("bnwiki", "A page", language(lang, {lang}), shown=figures.read(shown)))


def notice(statement: Statement, lang: str = "bn", shown: str = "") -> str:
    return draw("notice|statement=OA2021", told(statement), lang=lang, shown=shown).body


def words(body: str) -> str:
    """What a reader sees."""
    text = re.sub(r"\[https?://\S+ ([^\]]*)\]", r"\1", body)
    text = re.sub(r"\{\{formatnum:(\d+)\}\}", r"\1", re.sub(r"<br>|\|", " ", text))
    return " ".join(re.sub(r"<[^>]+>|'''|data-sort-value=\"\d+\"", "", text).split())


def rows(body: str) -> list[str]:
    return re.findall(r'data-oabot="(\S+) ', body)


def test_languages_of_the_communities_concerned_lead_whatever_their_percentage() -> None:
    body = draw("statements", told()).body

    assert rows(body) == ["fa", "zh", "ru", "bn", "uk"]
    assert body.index("Languages of the communities concerned") < body.index("Priority languages")
    assert body.index("Priority languages") < body.index("mw-collapsed") < body.index("Other languages")


def test_the_bengali_case_says_nineteen_percent_and_that_the_correction_is_missing() -> None:
    line = next(line for line in draw("statements", told()).body.split("|-") if 'data-oabot="bn ' in line)

    assert "19% 5 of 26 units help translate" in words(line)
    assert "'''correction not translated'''" in line
    assert f"{TRANSLATE}&language=bn&action=page" in line
    assert f"{META}/wiki/Office_actions/September_2021_statement/bn" in line


def test_a_language_that_nobody_has_begun_has_no_page_to_link_to() -> None:
    line = next(line for line in draw("statements", told()).body.split("|-") if 'data-oabot="fa ' in line)

    assert "not started" in line
    assert "statement/fa" not in line


def test_a_complete_translation_asks_for_no_help() -> None:
    line = next(line for line in draw("statements", told()).body.split("|-") if 'data-oabot="zh ' in line)

    assert "complete" in line
    assert "Special%3ATranslate" not in line


def test_a_fall_is_told_with_its_cause_and_outdated_units_since_when() -> None:
    body = draw("statements", told(bengali(FALLEN, marked=True))).body

    assert "3 of 28 units" in words(body)
    assert "fewer than before because the source changed on" in body
    assert "2 units outdated" in words(body)
    assert "outdated since the version of" in body


@pytest.mark.parametrize(
    ("group", "said"),
    [
        (GroupState.NOT_MARKED, "not marked for translation"),
        (GroupState.UNMARKED, "no longer marked for translation"),
        (GroupState.UNKNOWN, "not known to the translation system"),
        (GroupState.NO_TRANSLATE, "this wiki has no translation system"),
    ],
)
def test_a_statement_that_cannot_be_translated_says_why_and_has_no_table(group: GroupState, said: str) -> None:
    body = draw("statements", told(replace(STATEMENT, group=group, translations=()))).body

    assert said in body
    assert "{|" not in body


def test_text_that_is_not_marked_yet_is_told_of_the_statement() -> None:
    assert "source newer than the version" in draw("statements", told(replace(STATEMENT, revid=9))).body


def test_a_wiki_without_statements_says_so() -> None:
    assert "No statement is known here." in draw("statements").body


def test_one_statement_can_be_asked_for_by_shortcut_or_title() -> None:
    other = told(replace(STATEMENT, id="OA2022", title="Office actions/December 2022 statement"))
    one, same = (draw(f"statements|statement={name}", told(), other).body for name in ("OA2021", TITLE))

    assert one == same
    assert "OA2022" not in one
    assert {"OA2021", "OA2022"} <= set(re.findall(r"OA\d+", draw("statements", told(), other).body))


@pytest.mark.parametrize("view", ["statements", "notice"])
def test_a_statement_that_there_is_not_is_named_with_those_there_are(view: str) -> None:
    draft = draw(f"{view}|statement=OA1999", told())

    assert draft.problem
    assert "OA1999" in draft.body
    assert "OA2021" in draft.body


@pytest.mark.parametrize("setup", ["statements", "notice|statement=OA2021", "table", "table|statement=OA2021"])
def test_statements_that_could_not_be_read_leave_what_shows_them_alone(setup: str) -> None:
    with pytest.raises(SourceError):
        draw(setup, read=False, cases=(case(1, "2021-09-13"),))


def test_a_notice_needs_a_statement() -> None:
    draft = draw("notice", told())

    assert draft.problem
    assert "statement" in draft.body


def test_the_notice_tells_readers_what_they_lack_in_their_own_language() -> None:
    body = notice(STATEMENT)

    assert "দাপ্তরিক পদক্ষেপ" in body
    assert "{{formatnum:5}}" in body
    assert f"{TRANSLATE}&language=bn&action=page" in body
    assert "'''বিবৃতির সংশোধনী" in body


def test_the_notice_changes_with_the_state_and_empties_itself_when_nothing_is_missing() -> None:
    said = notice(bengali(BENGALI))
    fallen = notice(bengali(FALLEN, marked=True), shown=said)
    complete = draw("notice|statement=OA2021", told(bengali(COMPLETE, marked=True)), lang="bn", shown=fallen)

    assert said != fallen != ""
    assert complete.body == ""
    assert complete.news == "oabot-summary-emptied"


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (BENGALI, "translated into {{#language:bn}} only in part: 5 of 26 units."),
        (Translation("bn", 26, 0, 0, State.NOT_STARTED, MISSING), "is not translated into {{#language:bn}} yet."),
        (
            Translation("bn", 26, 24, 2, State.CORRECTION_OUTDATED, CorrectionState.OUTDATED),
            "2021-09 bn}} translation of the correction outdated help translate",
        ),
        (
            Translation("bn", 26, 24, 2, State.OUTDATED, CorrectionState.DONE),
            "into {{#language:bn}}, 2 units are outdated.",
        ),
    ],
)
def test_the_notice_has_a_sentence_for_each_state(now: Translation, said: str) -> None:
    [region] = regions("{{Office actions|notice|statement=OA2021}}\n{{Office actions end}}")
    material = Material((), {"metawiki": META}, "Bot", "metawiki", statements=(told(bengali(now)),))
    bengali_in_english = language("bn")  # no speaker has read the translation of our words, and none was accepted

    assert said in words(render(region, material, Place("bnwiki", "A page", bengali_in_english)).body)


def test_the_notice_of_a_statement_that_is_not_marked_says_so() -> None:
    body = notice(replace(STATEMENT, group=GroupState.NOT_MARKED, translations=()), lang="fa")

    assert STATEMENT.title in words(body)
    assert "Special%3ATranslate" not in body


def test_readers_of_the_source_language_need_no_notice() -> None:
    assert notice(STATEMENT, "en") == notice(STATEMENT, "en-gb") == ""


def test_text_that_is_not_marked_yet_is_told_to_readers_of_a_complete_translation() -> None:
    newer = replace(bengali(replace(COMPLETE, state=State.SOURCE_NEWER), marked=True), revid=30)

    assert notice(newer) != ""
    assert "Special%3ATranslate" not in notice(newer)


@pytest.mark.parametrize("lang", ["zh", "zh-hans", "zh-hant", "zh-tw"])
def test_readers_are_served_with_another_variant_of_their_language(lang: str) -> None:
    assert notice(STATEMENT, lang) == ""


def test_the_best_variant_counts() -> None:
    variants = (
        Translation("sr-ec", 26, 3, 0, State.PARTIAL, MISSING),
        Translation("sr", 26, 26, 0, State.COMPLETE, CorrectionState.DONE),
    )

    assert notice(replace(STATEMENT, translations=variants), "sr-ec") == ""


def test_another_language_is_no_variant() -> None:
    assert "{{#language:uk}}" not in notice(STATEMENT, "be")


def test_a_small_step_changes_neither_page() -> None:
    step = bengali(replace(BENGALI, translated=6))
    matrix, note = draw("statements", told()).body, notice(STATEMENT)

    assert draw("statements", told(step), shown=matrix).body == matrix
    assert notice(step, shown=note) == note
    assert notice(step) != note


def test_a_table_links_the_statement_and_says_whether_its_readers_can_read_it() -> None:
    one = case(1, "2021-09-13")
    explained = told(STATEMENT, one.id)
    in_english = draw("table|columns=target,statement", explained, cases=(one,)).body
    in_bengali = draw("table|columns=target,statement", explained, cases=(one,), lang="bn").body
    in_persian = draw("table|columns=target,statement", explained, cases=(one,), lang="fa").body

    assert f"[{META}/wiki/Office_actions/September_2021_statement <bdi>OA2021</bdi>]" in in_english
    assert "statement/bn" in in_bengali
    assert "সংশোধনী" in in_bengali
    assert f"{TRANSLATE}&language=fa&action=page" in in_persian


def test_a_table_shows_the_column_only_where_it_says_something() -> None:
    one = case(1, "2021-09-13")

    assert "Statement" in draw("table", told(STATEMENT, one.id), cases=(one,)).body
    assert "Statement" not in draw("table", told(), cases=(one,)).body


def test_a_table_can_be_of_one_statement() -> None:
    one, other = case(1, "2021-09-13", name="样例一"), case(2, "2021-09-14", name="样例二")
    body = draw("table|statement=OA2021", told(STATEMENT, one.id), cases=(one, other)).body

    assert "样例一" in body
    assert "样例二" not in body


def test_notices_and_discussions_are_those_that_people_noted() -> None:
    one = case(1, "2021-09-13")
    note = Annotation(one.id, discussion=("Talk:Office actions#样例", "zh:User:样例一"), local_notice="zh:Notice [[x]]")
    body = draw("table|columns=target,notice,discussion", cases=(replace(one, annotations=(note,)),)).body

    assert f"[{META}/wiki/Talk:Office_actions#" in body
    assert f"[{META}/wiki/zh:User:" in body
    assert "[[x]]" not in body
