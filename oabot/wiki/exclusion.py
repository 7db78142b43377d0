"""The {{bots}} and {{nobots}} templates by which people keep bots from a page.

https://en.wikipedia.org/wiki/Template:Bots; as Pywikibot reads them (``BasePage.botMayEdit``), but every parameter
counts, where Pywikibot takes the first. Read here from the text at hand, it costs no request.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from typing import Final

import mwparserfromhell
from mwparserfromhell.nodes import Template

_SCRIPT: Final = "oabot"
_MAYBE: Final = re.compile(r"bots[\s_]*(?:<!--.*?-->[\s_]*)*[|}]", re.DOTALL | re.IGNORECASE)


def may_edit(text: str, account: str, restricted: AbstractSet[str] = frozenset()) -> bool:
    """Say whether the page's text lets our account edit it.

    `restricted` names templates by which this wiki says "somebody is at work here".
    """
    # A parse of a page of a megabyte takes seconds; few pages hold any of these templates.
    if not _MAYBE.search(text) and not any(name[1:] in text for name in restricted):
        return True
    templates = mwparserfromhell.parse(text).filter_templates()
    return all(_allows(template, account, restricted) for template in templates)


def _allows(template: Template, account: str, restricted: AbstractSet[str]) -> bool:
    name = _title(str(template.name))
    if name in restricted:
        return False
    parameters = [_parameter(str(parameter)) for parameter in template.params]
    if name == "Nobots":
        return bool(parameters) and not any(key or names & {"all", _SCRIPT, account} for key, names in parameters)
    if name == "Bots":
        return all(_permits(key, names, account) for key, names in parameters)
    return True


def _title(name: str) -> str:
    """The template's title without namespace, as MediaWiki would write it."""
    name = re.sub(r"<!--.*?-->", "", name, flags=re.DOTALL).rpartition(":")[2]
    name = " ".join(name.replace("_", " ").split())
    return name[:1].upper() + name[1:]


def _parameter(written: str) -> tuple[str, set[str]]:
    key, equals, value = written.partition("=")
    if not equals:
        key, value = "", key
    return key.strip(), {name.strip() for name in value.split(",")}


def _permits(key: str, names: set[str], account: str) -> bool:
    if names == {""}:
        return True
    who = {"all", account} if key in ("allow", "deny") else {"all", _SCRIPT}
    if key in ("allow", "allowscript"):
        return bool(names & who)
    return key not in ("deny", "denyscript") or not names & who
