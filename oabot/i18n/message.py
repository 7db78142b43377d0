"""One message in the banana format: words, ``$1`` … ``$9``, ``{{PLURAL:$1|one row|$1 rows}}``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from oabot.i18n.plural import Plural

_TOKEN = re.compile(r"\$([1-9])|\{\{PLURAL:\$([1-9])\||(\{\{)|(\|)|(\}\})")


@dataclass(frozen=True, slots=True)
class Param:
    """Where an argument goes; the first one is 1."""

    index: int


@dataclass(frozen=True, slots=True)
class Choice:
    """A ``{{PLURAL:}}``: the argument that is counted, and the forms, some for one number only (``0=nothing``)."""

    index: int
    forms: tuple[Message, ...]
    exact: tuple[tuple[int, Message], ...] = ()

    @property
    def messages(self) -> tuple[Message, ...]:
        """All its forms."""
        return (*self.forms, *(message for _, message in self.exact))

    def form(self, number: int, plural: Plural) -> Message:
        """The words for this number."""
        for only, message in self.exact:
            if only == number:
                return message
        return self.forms[min(plural.form(number), len(self.forms) - 1)]


@dataclass(frozen=True, slots=True)
class Message:
    """A message, taken apart."""

    parts: tuple[str | Param | Choice, ...]
    params: frozenset[int] = field(init=False, compare=False, repr=False)
    """The arguments that it shows or counts."""

    def __post_init__(self) -> None:
        """Look for the arguments once, not whenever it is said."""
        shown = {part.index for part in self.parts if isinstance(part, Param)}
        for choice in self.choices:
            shown |= {choice.index}.union(*(message.params for message in choice.messages))
        object.__setattr__(self, "params", frozenset(shown))

    @property
    def choices(self) -> Iterator[Choice]:
        """Every ``{{PLURAL:}}`` in it, inner ones too."""
        for part in self.parts:
            if isinstance(part, Choice):
                yield part
                for message in part.messages:
                    yield from message.choices

    def fill(self, args: Sequence[int | str], plural: Plural, number: Callable[[int], str]) -> str:
        """The words with the arguments in them; `number` says how a whole number is written.

        Raises: `TypeError` when what is counted is no number, `IndexError` when an argument is missing.
        """
        if not self.params:
            return "".join(part for part in self.parts if isinstance(part, str))
        return "".join(self._filled(args, plural, number))

    def _filled(self, args: Sequence[int | str], plural: Plural, number: Callable[[int], str]) -> Iterator[str]:
        for part in self.parts:
            if isinstance(part, str):
                yield part
                continue
            arg = args[part.index - 1]
            if isinstance(part, Choice):
                if not isinstance(arg, int):
                    raise TypeError(f"${part.index} is counted, so it has to be a number")
                yield part.form(arg, plural).fill(args, plural, number)
            else:
                yield number(arg) if isinstance(arg, int) else arg


def parse(text: str) -> Message:
    """Take a message apart. Raises: `ValueError` on a ``{{PLURAL:`` that doesn't end or has no form."""
    message, end = _parse(text, 0, nested=False)
    if end != len(text):
        raise ValueError(f"closed but never opened at {end}: {text}")
    return message


def _parse(text: str, start: int, *, nested: bool) -> tuple[Message, int]:
    """A message from `start` to the ``|`` or ``}}`` that ends it when it is a form of a plural, else to the end."""
    parts: list[str | Param | Choice] = []
    depth = 0  # of braces that are wikitext's own, such as a template's
    at = start
    while token := _TOKEN.search(text, at):
        if nested and not depth and token[0] in ("|", "}}"):
            return Message((*parts, text[at : token.start()])), token.start()
        parts.append(text[at : token.start()])
        at = token.end()
        if token[1]:
            parts.append(Param(int(token[1])))
        elif token[2]:
            choice, at = _choice(text, int(token[2]), at)
            parts.append(choice)
        else:
            depth += {"{{": 1, "}}": -1}.get(token[0], 0)
            parts.append(token[0])
    if nested:
        raise ValueError(f"PLURAL isn't closed: {text}")
    return Message((*parts, text[at:])), len(text)


def _choice(text: str, index: int, at: int) -> tuple[Choice, int]:
    forms: list[Message] = []
    exact: list[tuple[int, Message]] = []
    while True:
        only = re.compile(r"(\d+)=").match(text, at)
        form, end = _parse(text, only.end() if only else at, nested=True)
        if only:
            exact.append((int(only[1]), form))
        else:
            forms.append(form)
        if text[end] == "}":
            break
        at = end + 1
    if not forms:
        raise ValueError(f"PLURAL has no form: {text}")
    return Choice(index, tuple(forms), tuple(exact)), end + 2
