"""Whether a letter or one of its questions was answered: only people say so, on ``User:BOT/Annotations``.

``{{Office action note|letters=ruwiki:User:Example/Letters|letter=2|question=3|answer=partly}}``; without `question`
it is about the whole letter. An answer is shown with the names of those who gave it.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from oabot import names
from oabot.annotations import may
from oabot.attribution import Credit, Found, Reader
from oabot.model import User
from oabot.wikitext import template_calls

_PAGE = re.compile(r"([a-z][a-z0-9_]{1,62}):(\S.*)")
_NUMBER = re.compile(r"[1-9]\d{0,2}")


class Answer(enum.StrEnum):
    """What somebody says became of a question."""

    ANSWERED = "answered"
    PARTLY = "partly"
    DECLINED = "declined"
    NO_REPLY = "no reply"


@dataclass(frozen=True, slots=True)
class Answered:
    """What somebody says of a letter to the Foundation, or of one of its questions."""

    wiki: str
    page: str
    letter: int
    question: int
    """0: the letter as a whole."""
    answer: Answer
    by: tuple[str, ...]
    """The accounts that say so, sorted."""


def reader(template: str, title: str, account: str) -> Reader:
    """How the page of annotations is read for answers; `template` is the note template's name."""
    return Reader(lambda text: _find(text, template), title, account)


def read_answers(
    credits_: Iterable[Credit], users: Mapping[str, User], groups: Collection[str]
) -> tuple[Answered, ...]:
    """What people who may say so say, the newest words of each about each question."""
    said: dict[tuple[str, ...], Answered] = {}
    for credit in sorted(credits_, key=lambda one: (one.revid, one.index)):
        page = _PAGE.fullmatch(credit.unit[0])
        if page and may(credit, users, groups):
            by = tuple(sorted(credit.authors))
            letter, question, answer = credit.unit[1:]
            said[*credit.unit[:3], *by] = Answered(
                page[1], names.title(page[2]), int(letter), int(question), Answer(answer), by
            )
    return tuple(said[key] for key in sorted(said))


def _find(text: str, template: str) -> list[Found]:
    found = []
    for call in template_calls(text, template):
        page, letter = call.params.get("letters", ""), call.params.get("letter", "")
        question = call.params.get("question", "") or "0"
        answer = call.params.get("answer", "").lower().replace("-", " ").replace("_", " ")
        numbered = _NUMBER.fullmatch(letter) and (question == "0" or _NUMBER.fullmatch(question))
        if _PAGE.fullmatch(page) and numbered and answer in {one.value for one in Answer}:
            found.append(Found((page, letter, question, answer), call.start, call.end, f"{page}#{letter}.{question}"))
    return found
