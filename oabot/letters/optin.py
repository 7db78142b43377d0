"""Whether a page's author allowed its letters to be listed."""

from __future__ import annotations

from collections.abc import Sequence

from oabot import names
from oabot.attribution import Found, Reader, attribute
from oabot.model import Page, Revision
from oabot.wikitext import template_calls


def opted_in(page: Page, revisions: Sequence[Revision], template: str, account: str) -> bool:
    """Whether the page's own wikitext holds the template, put there by its creator or, in user space, by that user.

    `revisions` are all of the page's, oldest first. Who put it there is told by the revision that added it; what a
    page held when it was moved, or what came back by somebody else's revert, was put there by nobody who counts.
    Raises: `RegionError` when the template is inside something else now.
    """
    if not template_calls(page.text, template) or not revisions or revisions[0].parent != 0:
        return False
    authors = {revisions[0].user}
    if page.namespace in names.USER_NAMESPACES:
        authors.add(names.account(names.root(names.without_namespace(page.title))))
    reader = Reader(
        lambda text: [Found((template,), call.start, call.end) for call in template_calls(text, template)],
        page.title,
        account,
    )
    return any(credit.authors and credit.authors <= authors for credit in attribute(revisions, reader))
