"""The community's config in force: what ``User:BOT/Config.json`` says, or said when it was last good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from oabot.config import OnWikiConfig, Settings, WikiSettings, read_onwiki
from oabot.errors import ConfigError
from oabot.ledger import Ledger
from oabot.model import Annotation, Page, PageState

if TYPE_CHECKING:
    from oabot.runrequests import Rules

PAGE = "Config.json"
PROTECTION = "sysop"
"""The edit protection that a page of another content model needs; user pages of JSON are admins' by themselves."""

_KEY = "config"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What people want of a run."""

    settings: Settings
    """The settings as the community narrowed them."""
    annotations: tuple[Annotation, ...] = ()
    """What they wrote about entries, as far as it counts."""
    contact: str = ""
    """The page where readers ask for a correction."""


@dataclass(frozen=True, slots=True)
class Community:
    """What is in force, and what is wrong with what stands on the page."""

    onwiki: OnWikiConfig | None
    """None: there has been a page, but never a good one; nothing may be edited."""
    revid: int = 0
    """The revision of the page that is there now."""
    error: str = ""
    """Why that one can't be used."""


def read(page: Page, ledger: Ledger) -> Community:
    """The config by the page as it was just read. Raises: `LedgerError`."""
    good: Mapping[str, Any] = ledger.state.get(_KEY) or {}
    if page.state is PageState.MISSING and not good:
        return Community(OnWikiConfig())
    try:
        found = _checked(page)
    except ConfigError as problem:
        return Community(_last_good(good), page.revid, str(problem))
    if good.get("text") != page.text:
        ledger.state.put(_KEY, {"text": page.text})
    return Community(found, page.revid)


def kept(ledger: Ledger) -> Community:
    """The config as it was last good, before the page is read. Raises: `LedgerError`."""
    found: Mapping[str, Any] = ledger.state.get(_KEY) or {}
    return Community(_last_good(found) if found else OnWikiConfig())


def _checked(page: Page) -> OnWikiConfig:
    if page.state is not PageState.EXISTS:
        raise ConfigError("the page is missing")
    json_page = page.content_model == "json" and page.namespace == 2 and page.title.endswith(".json")
    if not json_page and page.edit_protection != PROTECTION:
        raise ConfigError("anybody could edit the page: protect it, or give it the content model of JSON")
    return read_onwiki(page.text)


def _last_good(kept: Mapping[str, Any]) -> OnWikiConfig | None:
    try:
        return read_onwiki(str(kept["text"])) if kept else None
    except ConfigError:  # an older version took what this one doesn't
        return None


def narrowed(settings: Settings, onwiki: OnWikiConfig | None) -> Settings:
    """The operator's settings with what the community wants within them; a wiki is approved if both say so."""
    wikis = {dbname: _narrowed(dbname, wiki, onwiki) for dbname, wiki in settings.wikis.items()}
    settle = max(settings.settle_hours, (onwiki.settle_hours or 0) if onwiki else 0)
    return settings.model_copy(update={"wikis": wikis, "settle_hours": settle})


def _narrowed(dbname: str, wiki: WikiSettings, onwiki: OnWikiConfig | None) -> WikiSettings:
    if onwiki is None:
        return wiki.model_copy(update={"approval": ""})
    if not onwiki.wikis:
        return wiki
    community = onwiki.wikis.get(dbname)
    if community is None or not wiki.approval:
        return wiki.model_copy(update={"approval": ""})
    return wiki.model_copy(
        update={
            "approval": community.approval,
            "flagged": wiki.flagged and community.flagged,
            "news_marked_bot": community.news_marked_bot,
            "drafts": community.drafts or wiki.drafts,
        }
    )


def request_rules(dbname: str, onwiki: OnWikiConfig) -> Rules:
    """Who may ask for what on a wiki, and how often."""
    from oabot.runrequests import Rules

    default = Rules()
    community = onwiki.wikis.get(dbname)
    return replace(
        default,
        local=default.local | set(community.groups if community else ()),
        everywhere=default.everywhere | set(onwiki.request_groups),
        per_person_hour=onwiki.limits.requests_per_person_hour,
        per_day=onwiki.limits.requests_per_day,
    )


def annotation_groups(central: str, onwiki: OnWikiConfig) -> dict[str, frozenset[str]]:
    """Field -> groups that may set it."""
    from oabot.annotations import FIELDS

    community = onwiki.wikis.get(central)
    default = frozenset({"sysop", "steward", *(community.groups if community else ())})
    chosen: Mapping[str, tuple[str, ...]] = {str(name): groups for name, groups in onwiki.annotation_groups.items()}
    return {field: frozenset(chosen.get(field, default)) for field in FIELDS}
