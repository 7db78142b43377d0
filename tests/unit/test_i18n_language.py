"""A language to speak in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from oabot.i18n import COMPLETE, language
from oabot.i18n.catalogue import Catalogue, catalogue
from oabot.i18n.check import codes, messages
from oabot.i18n.language import Language
from oabot.i18n.message import parse
from oabot.wikitext import Wikitext

LOCKED = datetime(2021, 10, 12, 16, 28, tzinfo=UTC)


def test_an_unreviewed_language_speaks_english() -> None:
    russian = language("ru")

    assert (russian.code, russian.text_code) == ("ru", "en")
    assert russian.say("oabot-status-in-force") == "in force"


@pytest.mark.parametrize(
    ("code", "drafts", "text_code"),
    [
        ("ru", ["ru"], "ru"),
        ("tt", ["ru"], "ru"),
        ("tt", ["tt"], "ru"),
        ("zh", ["zh-hans"], "zh-hans"),
        ("zh", ["zh"], "zh-hans"),
        ("zh-hk", ["zh-hant"], "zh-hant"),
        ("zh-hk", ["zh-hans"], "zh-hans"),
        ("mzn", ["fa"], "fa"),
        ("sr-ec", ["ru", "fa"], "en"),
        ("en", [], "en"),
    ],
)
def test_an_unreviewed_translation_is_used_where_it_is_accepted_by_name(
    code: str, drafts: list[str], text_code: str
) -> None:
    assert language(code, drafts).text_code == text_code


def test_a_reviewed_translation_needs_no_acceptance() -> None:
    english = catalogue("en")

    assert english is not None
    assert english.reviewed


def test_a_missing_message_is_said_in_the_next_language_with_its_plural() -> None:
    polish, english = Catalogue("pl", reviewed=True, texts={}), catalogue("en")
    assert english is not None
    half_done = Language("pl", (polish, english))

    assert half_done.plain("oabot-summary-added", 22) == "22 rows added"


def test_direction_is_that_of_the_words() -> None:
    assert language("fa").text_direction == "ltr"
    assert language("fa", ["fa"]).text_direction == "rtl"


def test_numbers_in_wikitext_are_left_to_the_wiki() -> None:
    english = language("en")

    assert english.say("oabot-summary-added", 1500) == "{{formatnum:1500}} rows added"
    assert english.plain("oabot-summary-added", 1500) == "1500 rows added"


def test_an_unknown_message_is_an_error() -> None:
    with pytest.raises(KeyError):
        language("en").say("oabot-no-such-message")


@pytest.mark.parametrize("args", [(), (1, 2)])
def test_a_wrong_number_of_arguments_is_an_error(args: tuple[int, ...]) -> None:
    with pytest.raises(TypeError, match="1 arguments"):
        language("en").say("oabot-summary-added", *args)


@pytest.mark.parametrize(
    ("code", "date"),
    [
        ("en", "<bdi>12 {{#time:F|2021-10|en}} 2021</bdi>"),
        ("ru", "<bdi>12 {{#time:xg|2021-10|ru}} 2021</bdi>"),
        ("zh", "<bdi>2021年10月12日</bdi>"),
        ("ko", "<bdi>2021년 10월 12일</bdi>"),
        ("pt", "<bdi>12 de {{#time:F|2021-10|pt}} de 2021</bdi>"),
        ("bn", "<bdi>{{#time:j|2021-10-12|bn}} {{#time:F|2021-10|bn}} {{#time:Y|2021-10|bn}}</bdi>"),
        ("th", "<bdi>12 {{#time:F|2021-10|th}} {{#time:xkY|2021-10|th}}</bdi>"),
        ("xx-unheard-of", "<bdi>12 {{#time:F|2021-10|xx-unheard-of}} 2021</bdi>"),
    ],
)
def test_a_date_has_the_order_of_its_language_and_the_names_and_digits_of_the_wiki(code: str, date: str) -> None:
    assert language(code).date(LOCKED) == date


def test_a_guest_on_a_page_of_another_language_has_one_kind_of_digits() -> None:
    guest = replace(language("fa"), guest=True)

    assert (guest.number(1500), guest.year(2021)) == ("1500", "2021")
    assert guest.moment(LOCKED) == "<bdi>12 {{#time:xg|2021-10|fa}} 2021, 16:28</bdi>"


def test_a_moment_shows_the_minute_too() -> None:
    assert language("en").moment(LOCKED) == "<bdi>12 {{#time:F|2021-10|en}} 2021, 16:28</bdi>"
    assert language("fa").moment(LOCKED).endswith(", {{#time:H:i|16:28|fa}}</bdi>")


def test_dates_are_shown_in_utc() -> None:
    moscow = LOCKED.astimezone(timezone(timedelta(hours=3)))

    assert language("zh").moment(moscow) == language("zh").moment(LOCKED)


@pytest.mark.parametrize("code", ["en", "ru", "zh", "bn", "fa", "th", "vi"])
def test_a_page_of_three_thousand_days_stays_within_what_time_takes(code: str) -> None:
    days = [datetime(2004, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(3000)]
    calls = {call for day in days for call in language(code).date(day).split("{{#time:")[1:]}

    assert sum(len(call.partition("|")[0].encode()) for call in calls) <= 6000


def test_a_list_has_the_comma_of_its_language() -> None:
    items = [Wikitext("A"), Wikitext("B"), Wikitext("C")]

    assert language("en").join(items) == "A, B, C"
    assert language("zh", ["zh-hans"]).join(items) == "A、B、C"
    assert language("fa", ["fa"]).join(items) == "A، B، C"
    assert language("en").join([]) == ""


@pytest.mark.parametrize("code", COMPLETE)
def test_every_message_can_be_said_with_every_number(code: str) -> None:
    speaker = language(code, [code])

    for key, text in messages("en").items():
        counted = {choice.index for choice in parse(text).choices}
        params = sorted(parse(text).params)
        for number in (0, 1, 2, 3, 5, 11, 21, 100, 101, 103):
            args = [number if index in counted else Wikitext(f"⟦{index}⟧") for index in params]
            said = speaker.say(key, *args)
            assert all(said.count(f"⟦{index}⟧") == 1 for index in params if index not in counted), (key, said)
            assert "PLURAL" not in said
            assert "$" not in said


def test_only_english_is_read_by_a_speaker_so_far() -> None:
    reviewed = [code for code in codes() if (found := catalogue(code)) and found.reviewed]

    assert reviewed == ["en"]
