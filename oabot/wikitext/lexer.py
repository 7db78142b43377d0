"""Where a page calls the templates that we look for, and what these calls are inside of.

It follows MediaWiki's Preprocessor_Hash.php as for viewing a page (not for inclusion), in linear time:
comments, extension tags, and the stack of ``{{``, ``{{{`` and ``[[``. Left out: headings as stack elements
and the language converter's ``-{``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

from oabot.errors import RegionError

_RAW = (
    "nowiki|pre|syntaxhighlight|source|math|chem|ce|score|timeline|hiero|templatedata|templatestyles"
    "|graph|mapframe|maplink|charinsert|inputbox|categorytree"
)
"""Extension tags whose content is no wikitext."""
_PARSED = "ref|references|gallery|poem|indicator|imagemap|tabber|includeonly"
"""Tags that end at their own end tag and whose content is wikitext for itself, or for others."""
_TRANSPARENT = "noinclude|onlyinclude|translate"
"""Tags that the preprocessor doesn't see here, so that what they hold is part of the page."""
_CODES = dict.fromkeys(("includeonly", "noinclude", "onlyinclude"), "inside-include") | {
    "translate": "inside-translate"
}

_BY_INITIAL = {
    initial: "|".join(name[1:] for name in names)
    for initial, names in groupby(sorted(f"{_RAW}|{_PARSED}|{_TRANSPARENT}".split("|")), key=itemgetter(0))
}
_INITIALS = "".join(initial + initial.upper() for initial in _BY_INITIAL)
_ELEMENT = (
    "(?:!--|(?:"
    + "|".join(f"[{initial}{initial.upper()}](?i:{rests})" for initial, rests in _BY_INITIAL.items())
    + r")(?=\s|/?>))"
)
"""What follows the bracket of a comment or a tag; sorted by initials, which `re` looks at one by one."""
_COMMENT = r"<!--(?:(?!-->).)*+-->"
_SPACE = r"[\s_\u180e\u200e\u200f\u202a-\u202e]"
"""What MediaWiki's titles take for a space, or leave out."""


_TEXT = r"[\x00-;=-Z\\^-z|~-\U0010ffff]"
"""Anything but angle brackets that open, square ones and braces; by what it holds, which is twice as fast to match.

So is the text of a ref below: anything but ``<`` and ``{``.
"""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a template that was looked for."""

    name: str
    """The name that was looked for, not as the page spells it."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Element:
    """A part of the page in which none of our calls may be, and which may be in no region."""

    code: str
    """Why not: ``inside-translate`` or ``inside-include``."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Names:
    """The templates that are looked for, as patterns."""

    step: re.Pattern[str]
    """From anywhere on the top level to the end of the next thing that matters."""
    call: re.Pattern[str]
    """What follows the braces of a call; its ``lastgroup`` says of which (``t0``, ``t1`` …)."""
    mention: re.Pattern[str]
    """What looks like a call, wherever it is."""
    element: re.Pattern[str]
    """The start or end tag of any element that the lexer knows."""
    wanted: tuple[str, ...]


@lru_cache(maxsize=32)
def names(wanted: tuple[str, ...], namespaces: tuple[str, ...]) -> Names:
    """Prepare the search for templates of these titles, whose namespace has these names."""
    spellings = [_spelling(name) for name in wanted]
    prefix = rf"(?:(?i:{'|'.join(map(_spelling, namespaces))}){_SPACE}*+:)?"
    gap = rf"(?:{_SPACE}|{_COMMENT})*+"
    groups = "|".join(f"(?P<t{i}>{spelling})" for i, spelling in enumerate(spellings))
    either = "|".join(spellings)
    link = rf"\[\[{_TEXT}*+\]\]"
    plain = rf"<(?![!{_INITIALS}])|<(?!{_ELEMENT})"
    single = r"\[(?!\[)|\](?!\])|\{(?!\{)|\}(?!\})"
    ours = rf"\{{{_SPACE}*+{prefix}{_SPACE}*+(?:{either})"
    other = rf"\{{(?!{ours})\{{(?:{_TEXT}++|\]|{plain}|\[(?!\[)|{link})*+\}}\}}"
    comment = r"<!--(?:[^-]++|-(?!->))*+-->"
    ref, nowiki = (
        rf"<(?i:{name})(?:\s[^<>]*+)?+(?<!/)>(?:[\x00-;=-z|-\U0010ffff]++|\{{(?!{ours}))*+</(?i:{name})\s*+>"
        for name in ("ref", "nowiki")
    )
    skip = rf"{_TEXT}*+(?:(?:{link}|{other}|{comment}|{ref}|{nowiki}|{plain}|{single}){_TEXT}*+)*+"
    return Names(
        step=re.compile(skip + r"(?P<token>(?P<character>[\[\]{}])(?P=character)++|<(?P<element>!--|\w+))"),
        call=re.compile(rf"{gap}{prefix}{gap}(?:{groups}){gap}(?=\||\}}\}})", re.DOTALL),
        mention=re.compile(rf"\{{\{{{gap}{prefix}{gap}(?:{either}){gap}(?:[|}}<]|\Z)", re.DOTALL),
        element=re.compile(rf"<(?=/?[{_INITIALS}])/?(?i:{_RAW}|{_PARSED}|{_TRANSPARENT})(?=\s|/?>)"),
        wanted=wanted,
    )


def _spelling(name: str) -> str:
    """A pattern for a title: the first letter in either case, underscores for spaces."""
    words = re.escape(name[1:].replace("_", " ")).replace(r"\ ", f"{_SPACE}+")
    return f"[{re.escape(name[0].upper() + name[0].lower())}]{words}"


def _end_tag(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{name}\s*+>", re.IGNORECASE)


@dataclass(slots=True)
class Lexer:
    """One pass over one page."""

    text: str
    names: Names
    calls: list[Call] = field(default_factory=list)
    elements: list[Element] = field(default_factory=list)
    unbalanced: bool = False
    """Whether something is opened and never closed, or the other way round."""
    _stack: list[tuple[str, int, int]] = field(default_factory=list)
    """What is open: brace or bracket, how many, from where."""
    _endless: set[str] = field(default_factory=set)
    """Tags that have no end tag from here on."""
    _covered: dict[str, int] = field(default_factory=dict)
    """Where the last transparent element of each name ends."""

    def run(self, until: int | None = None) -> Lexer:
        """Read the page to its end; then `calls` are in their order, and none is inside another.

        No call begins after `until`, if it is given; what comes later is read only to see what closes there.
        Raises `RegionError` for a call in another template, in a link or in a tag that has its own content.
        """
        position = 0
        step = self.names.step
        whole = len(self.text)
        end = whole if until is None else until
        while (position < end or self._stack) and (
            found := step.match(self.text, position, whole if self._stack else end)
        ):
            position = found.end()
            if found["element"]:
                position = self._element(found.start("token"), found["element"].lower())
            elif found["character"] in "{[":
                self._stack.append((found["character"], len(found["token"]), found.start("token")))
            else:
                self._close("{" if found["character"] == "}" else "[", found.start("token"), position)
        self.unbalanced = self.unbalanced or bool(self._stack)
        return self

    def _close(self, opener: str, position: int, end: int) -> None:
        """Match a run of closing characters with what is open, as many at once as the preprocessor does."""
        while end - position >= 2:
            if not self._stack or self._stack[-1][0] != opener:
                self.unbalanced = True
                return
            _, length, start = self._stack.pop()
            count = min(end - position, length, 3 if opener == "{" else 2)
            position += count
            self._matched(opener * count, start + length - count, position)
            if length - count >= 2:
                self._stack.append((opener, length - count, start))

    def _matched(self, opening: str, start: int, end: int) -> None:
        if self.calls and self.calls[-1].start > start:
            raise RegionError("inside-template")
        if opening == "{{" and (found := self.names.call.match(self.text, start + 2)):
            self.calls.append(Call(self.names.wanted[int((found.lastgroup or "t0")[1:])], start, end))

    def _element(self, start: int, name: str) -> int:
        """Take note of the comment or tag that begins here, and say where to read on."""
        if name == "!--":
            end = self.text.find("-->", start + 4)
            self.unbalanced = self.unbalanced or end < 0
            return len(self.text) if end < 0 else end + 3
        inner = 0 if ">" in self._endless else self.text.find(">", start) + 1
        if not inner:
            self._endless.add(">")
            return start + 1
        if self.text[inner - 2] == "/":
            return inner
        if name in _TRANSPARENT.split("|"):
            self._transparent(start, inner, name)
            return inner
        return self._opaque(start, inner, name)

    def _transparent(self, start: int, inner: int, name: str) -> None:
        if start >= self._covered.get(name, 0):
            end = self._covered[name] = self._end(name, inner) or len(self.text)
            self.elements.append(Element(_CODES[name], start, end))

    def _opaque(self, start: int, inner: int, name: str) -> int:
        end = self._end(name, inner)
        if not end and name != "includeonly":
            return inner
        end = end or len(self.text)
        if name in _PARSED.split("|") and self.names.mention.search(self.text, start, end):
            raise RegionError(_CODES.get(name, "inside-template"))
        return end

    def _end(self, name: str, position: int) -> int:
        """Where the element's end tag ends; 0 if there is none from here to the end of the page."""
        if name not in self._endless and (found := _end_tag(name).search(self.text, position)):
            return found.end()
        self._endless.add(name)
        return 0
