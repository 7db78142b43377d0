"""A wiki that shows what would be saved instead of saving it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable

from oabot.model import Account, Edit, Look, Page, PageState, Revision, Saved, User
from oabot.seams import Wiki


class DryRunWiki:
    """Reads as `wiki` does; `on_edit` gets each edit and its unified diff, and nothing is ever saved."""

    def __init__(self, wiki: Wiki, on_edit: Callable[[Edit, str], None]) -> None:
        self._wiki = wiki
        self._on_edit = on_edit

    @property
    def dbname(self) -> str:
        """The wiki's database name."""
        return self._wiki.dbname

    def pages(self, titles: Iterable[str]) -> dict[str, Page]:
        """As `Wiki.pages`."""
        return self._wiki.pages(titles)

    def transcluding(self, template: str) -> list[Page]:
        """As `Wiki.transcluding`."""
        return self._wiki.transcluding(template)

    def revisions(self, title: str, after: int = 0, limit: int = 500) -> list[Revision]:
        """As `Wiki.revisions`."""
        return self._wiki.revisions(title, after, limit)

    def account(self) -> Account:
        """As `Wiki.account`."""
        return self._wiki.account()

    def users(self, names: Iterable[str]) -> dict[str, User]:
        """As `Wiki.users`."""
        return self._wiki.users(names)

    def look(self, titles: Iterable[str], steering: Iterable[str]) -> Look:
        """As `Wiki.look`."""
        return self._wiki.look(titles, steering)

    def look_ahead(self, titles: Iterable[str], steering: Iterable[str]) -> None:
        """As `Wiki.look_ahead`."""
        self._wiki.look_ahead(titles, steering)

    def look_anew(self) -> None:
        """As `Wiki.look_anew`."""
        self._wiki.look_anew()

    def save(self, edit: Edit) -> Saved:
        """Show the edit, against the page as it is now, and answer as a wiki where nothing was to change."""
        page = self._wiki.pages([edit.title])[edit.title]
        self._on_edit(edit, unified(page, edit.text))
        return Saved(page.revid, changed=False)


def unified(page: Page, text: str) -> str:
    """The change of a page as a unified diff; empty when there is none."""
    old = page.text if page.state is PageState.EXISTS else ""
    name = page.title if page.revid else "(no page)"
    lines = difflib.unified_diff(_lines(old), _lines(text), name, page.title, f"revision {page.revid}", n=2)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end\n" for line in lines)


def _lines(text: str) -> list[str]:
    # str.splitlines would also break at U+2028 and its like, which are part of a line in wikitext.
    return [f"{line}\n" for line in text.split("\n")]
