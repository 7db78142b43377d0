"""What happened to cases, newest first, as an Atom feed (RFC 4287)."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

from oabot.i18n import Language
from oabot.model import Case, LogEntry, Status
from oabot.timestamps import iso
from oabot.views import Material
from oabot.wikitext import clean

NEWEST = 100
"""Entries at most."""


def feed(material: Material, language: Language, *, names: bool = False) -> str:
    """An entry for each log entry, but for copies, that opened or changed a case; the same cases make the same feed."""
    steps = [(one, case) for case in material.cases for one in case.entries if not one.copy_of or one.id == case.id]
    newest = sorted(steps, key=lambda step: step[0].order, reverse=True)[:NEWEST]
    updated = iso(newest[0][0].timestamp) if newest else "1970-01-01T00:00:00Z"
    host = urlsplit(material.addresses[material.central]).hostname or ""
    return "\n".join(
        [
            '<?xml version="1.0" encoding="utf-8"?>',
            f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language.text_code}">',
            f"<title>{_text(language.plain('oabot-report-title'))}</title>",
            f"<id>tag:{_text(host)},2021:office-actions</id>",
            f"<updated>{updated}</updated>",
            f"<author><name>{_text(material.account)}</name></author>",
            f"<rights>{_text(language.plain('oabot-data-licence'))}</rights>",
            *(_entry(entry, case, material, language, names=names) for entry, case in newest),
            "</feed>",
            "",
        ]
    )


def _entry(entry: LogEntry, case: Case, material: Material, language: Language, *, names: bool) -> str:
    name = language.plain(f"oabot-class-{case.action_class.value.replace('_', '-')}")
    target = f": {case.target.name}" if names else ""
    host = urlsplit(material.addresses[material.central]).hostname or ""
    step = entry_address(material, entry)
    if entry.id != case.id:
        status = case.status if entry.id == case.evidence else Status.CHANGED
        name = f"{name}: {language.plain(status_key(status))}"
    link = f'<link href="{_text(step)}"/>' if step else ""
    return (
        f"<entry><id>tag:{_text(host)},2021:{case.id}/{entry.id}</id><title>{_text(name + target)}</title>"
        f"<updated>{iso(entry.timestamp)}</updated>{link}"
        f'<category term="{case.action_class.value}"/><summary>{_text(case.target.scope)}</summary></entry>'
    )


def status_key(status: Status) -> str:
    """The key of a status's name."""
    return f"oabot-status-{status.value.replace(' ', '-')}"


def entry_address(material: Material, entry: LogEntry) -> str:
    """Where a log entry is seen; empty when its wiki's address isn't known."""
    base = material.addresses.get(entry.id.wiki)
    return f"{base}/wiki/Special:Redirect/logid/{entry.id.logid}" if base else ""


def _text(text: str) -> str:
    """For XML: no control character, no markup."""
    return escape(clean(text))
