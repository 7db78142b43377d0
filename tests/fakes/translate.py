"""The read API of MediaWiki's Translate extension, for one page, on a `FakeMediaWiki`."""

from __future__ import annotations

from typing import Any

from tests.fakes.mediawiki import ApiFault, FakeMediaWiki, Params, Reply, row

TITLE = "Office actions/September 2021 statement"


class TranslatedPage:
    """A page and its units: `units` maps language → unit → status; the source language has them all.

    `stuck` is how many replies to messagegroupstats stop at a language that isn't counted yet.
    """

    def __init__(self, wiki: FakeMediaWiki, text: str, units: list[str]) -> None:
        self.wiki = wiki
        self.text = text
        self.revid = 100
        self.title = TITLE
        self.redirects = ["OA2021", "Office actions/2021"]
        self.known = True
        self.stuck = 0
        self.keys = units
        self.units: dict[str, dict[str, str]] = {"en": dict.fromkeys(units, "translated")}
        self.titles: dict[str, str] = {}
        self.changed: dict[str, str] = {}
        self.priority: list[str] | bool = False
        wiki.modules |= {
            "messagegroups": self._groups,
            "messagegroupstats": self._stats,
            "messagecollection": self._collection,
            "pages": self._pages,
        }

    def translate(self, language: str, *units: str, status: str = "translated") -> None:
        self.units.setdefault(language, {}).update(dict.fromkeys(units, status))

    def mark(self, logid: int, timestamp: str, changed: int, action: str = "mark", **params: object) -> None:
        found = {"revision": self.revid, "changed": changed, **params} if action == "mark" else params
        more = {"title": self.title, "ns": 0, "user": "FarmAdmin", "params": found, "comment": ""}
        self.wiki.rows.append(row(logid, timestamp, type="pagetranslation", action=action, **more))

    def _require(self, group: str) -> None:
        if not self.known or group != f"page-{self.title}":
            raise ApiFault("badparameter")

    def _groups(self, params: Params) -> Reply:
        group = {"id": f"page-{self.title}", "sourcelanguage": "en", "priorityforce": False}
        asked = f"page-{self.title}" in params["mgfilter"].split("|")
        return {"query": {"messagegroups": [{**group, "prioritylangs": self.priority}] if asked else []}}

    def _stats(self, params: Params) -> Reply:
        self._require(params["mgsgroup"])
        codes = sorted({*self.units, "de", "fr", "zh"})
        start = codes.index(params["mgsoffset"]) if "mgsoffset" in params else 0
        if self.stuck and "mgsoffset" in params:
            self.stuck -= 1
            return {"query": {"messagegroupstats": []}, "continue": {"mgsoffset": params["mgsoffset"]}}
        end = len(codes) // 2 if self.stuck else len(codes)
        reply: Reply = {"query": {"messagegroupstats": [self._counts(code) for code in codes[start:end]]}}
        return {**reply, "continue": {"mgsoffset": codes[end]}} if end < len(codes) else reply

    def _counts(self, code: str) -> dict[str, Any]:
        found = list(self.units.get(code, {}).values())
        counts = {"translated": found.count("translated"), "fuzzy": found.count("fuzzy"), "proofread": 0}
        return {"total": len(self.keys), **counts, "code": code, "language": code}

    def _collection(self, params: Params) -> Reply:
        self._require(params["mcgroup"])
        found = self.units.get(params["mclanguage"], {})
        stem = self.title.replace(" ", "_")
        rows = [
            {"key": f"{stem}/{key.replace(' ', '_')}", "properties": {"status": found.get(key, "untranslated")}}
            for key in self.keys
        ]
        return {"query": {"messagecollection": rows, "metadata": {"remaining": 0}}}

    def _pages(self, params: Params) -> Reply:
        if "generator" in params:
            return {"query": {"pages": [self._newest(language) for language in sorted(self.units)]}}
        return {"query": {"pages": [self._page(title, params) for title in params["titles"].split("|")]}}

    def _newest(self, language: str) -> dict[str, Any]:
        """The source page, or a translation page, which is saved anew with each change of a unit."""
        if language == "en":
            return {"title": self.title, "ns": 0, "lastrevid": self.revid}
        counts = self._counts(language)
        return {
            "title": f"{self.title}/{language}",
            "ns": 0,
            "lastrevid": 1000 + 100 * counts["translated"] + counts["fuzzy"],
        }

    def _page(self, title: str, params: Params) -> dict[str, Any]:
        page: dict[str, Any] = {"title": title, "ns": 0, "pagelanguage": "en"}
        if title in {self.title, *self.redirects} and "redirects" in params:
            slots = {"main": {"content": self.text}}
            redirects = [{"title": name} for name in self.redirects]
            return {
                **page,
                "title": self.title,
                "revisions": [{"revid": self.revid, "slots": slots}],
                "redirects": redirects,
            }
        language = title.rpartition("/")[2]
        if params.get("inprop") == "displaytitle" and language in self.titles:
            return {**page, "displaytitle": self.titles[language]}
        unit = title.removeprefix(f"Translations:{self.title}/").rpartition("/")[0]
        if unit in self.changed:
            return {**page, "ns": 1198, "revisions": [{"timestamp": self.changed[unit]}]}
        return {**page, "missing": True}
