"""From recorded rows, without a wiki: verdicts a line, or the pages and cases that the rows make."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from oabot import wikimedia
from oabot.cases import cases
from oabot.classify import judge
from oabot.config import OnWikiConfig, Settings
from oabot.errors import ConfigError, InputError
from oabot.files import write as write_files
from oabot.i18n import Language, language
from oabot.known import Known
from oabot.logentry import merge, parse
from oabot.model import Case, EntryId, Judgement, LogEntry, Verdict
from oabot.rules import Rules
from oabot.split import PAGE, Table, subpage
from oabot.views import VIEWS, Material, Place
from oabot.views.parameters import Filters

log = logging.getLogger(__name__)

LONGEST_LINE = 64 * 1024 * 1024
TITLE = "Office actions"
"""The subpage of the account on which a wiki's table is written."""


@dataclass(slots=True)
class Recording:
    """The rows of a file, read."""

    ids: list[EntryId] = field(default_factory=list)
    """One a readable line, in the file's order."""
    copies: dict[EntryId, list[LogEntry]] = field(default_factory=dict)
    problems: int = 0
    """Lines that couldn't be read; each was reported."""

    def entries(self) -> list[LogEntry]:
        """One entry an id, whatever the order of the lines."""
        return [merge(copies) for copies in self.copies.values()]


def read(path: Path) -> Recording:
    """Read ``{"wiki": …, "entry": …}`` lines; what can't be read is reported with its line and left out.

    Raises: `InputError` when the file itself can't be read.
    """
    recording = Recording()
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                _read_line(path, number, line, recording)
    except OSError as problem:
        raise InputError(f"{path}: {problem.strerror}") from None
    return recording


def _read_line(path: Path, number: int, line: bytes, recording: Recording) -> None:
    if not line.strip():
        return
    try:
        if len(line) > LONGEST_LINE:
            raise InputError(f"longer than {LONGEST_LINE} bytes")
        data = json.loads(line)
        if not isinstance(data, dict) or "wiki" not in data or "entry" not in data:
            raise InputError('not an object with "wiki" and "entry"')
        entry = parse(data["wiki"], data["entry"])
    except (InputError, ValueError, RecursionError) as problem:
        recording.problems += 1
        why = problem if isinstance(problem, InputError) else "not JSON"
        log.warning("%s, line %d: %s; skipped", path.name, number, why)
        return
    recording.ids.append(entry.id)
    recording.copies.setdefault(entry.id, []).append(entry)


def verdicts(recording: Recording, rules: Rules) -> Iterator[dict[str, Any]]:
    """One verdict a readable line, in the file's order, each judged with all rows as its history."""
    judgements = judge(recording.entries(), rules)
    for entry_id in recording.ids:
        judgement = judgements[entry_id]
        yield {
            "wiki": entry_id.wiki,
            "logid": entry_id.logid,
            "verdict": judgement.verdict.value,
            "class": judgement.label,
            "rule": judgement.rule,
        }


def replay(recording: Recording, rules: Rules, config: OnWikiConfig, now: datetime) -> Known:
    """The cases that the rows make; the settle time is the config's, or none."""
    entries = sorted(recording.entries(), key=lambda entry: entry.order)
    judgements = judge(entries, rules)
    known = Known(tuple(entries), judgements, cases(entries, judgements, now))
    settle = timedelta(hours=config.settle_hours or 0)
    return Known(known.entries, known.judgements, known.publishable(now, settle))


def oldest(known: Known) -> datetime | None:
    """The time of the first row that may be shown: how far a recording reaches back."""
    public = (one for one in known.entries if known.judgements[one.id].verdict is not Verdict.PRIVATE)
    return min((one.timestamp for one in public), default=None)


def write(out: Path, known: Known, settings: Settings, lang: str = "", reach: datetime | None = None) -> list[Path]:
    """Write ``cases.json`` and, for each wiki that has a case, the wikitext of its page; the files written.

    The central wiki's table is always there; `reach` is since when the logs say anything.
    Raises: `InputError` when a file can't be written.
    """
    files = {out / "cases.json": _json([case_record(case) for case in known.cases])}
    material = Material(
        cases=known.cases,
        addresses=_addresses(known.cases, settings),
        account=settings.account,
        central=settings.central,
        reach=reach,
    )
    title = material.own_page(TITLE)
    for dbname in sorted({settings.central, *(case.target.scope for case in known.cases)} & set(material.addresses)):
        place = Place(dbname, title, _language(dbname, settings, lang))
        view = VIEWS["table" if dbname == settings.central else "local"]
        for name, draft in Table(view, Filters(), material, place).split(PAGE).items():
            page = subpage(title, name) if name else title
            files[out / dbname / f"{page}.wikitext"] = draft.body + "\n"
    try:
        for folder in {file.parent for file in files}:
            folder.mkdir(parents=True, exist_ok=True)
        write_files(files)
    except OSError as problem:
        raise InputError(f"{out}: {problem.strerror}") from None
    return list(files)


def case_record(case: Case) -> dict[str, Any]:
    """A case as ``cases.json`` has it."""
    return {
        "target": case.target.name,
        "scope": case.target.scope,
        "class": case.action_class.value,
        "status": case.status.value,
        "entries": [str(entry.id) for entry in case.entries],
    }


def counts(judgements: Mapping[EntryId, Judgement]) -> dict[str, int]:
    """How many entries have which verdict."""
    return {verdict.value: sum(one.verdict is verdict for one in judgements.values()) for verdict in Verdict}


def _language(dbname: str, settings: Settings, lang: str) -> Language:
    own = settings.wikis.get(dbname)
    code = lang or (own.language if own else wikimedia.address(dbname).language)
    return language(code, {code} if lang else own.drafts if own else ())


def _addresses(found: Iterable[Case], settings: Settings) -> dict[str, str]:
    """Of the settings' wikis, and of every Wikimedia wiki that the cases name."""
    addresses = {dbname: wiki.url for dbname, wiki in settings.wikis.items()}
    for dbname in {entry.id.wiki for case in found for entry in case.entries} | {case.target.scope for case in found}:
        if dbname not in addresses:
            try:
                addresses[dbname] = wikimedia.address(dbname).url
            except ConfigError:
                continue
    return addresses


def _json(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1, sort_keys=False) + "\n"
