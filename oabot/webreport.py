"""Writes the report for the web: read, look again at everything, write all files or none."""

from __future__ import annotations

from pathlib import Path

from oabot import files
from oabot.app import App
from oabot.errors import InputError, SourceError
from oabot.exports.report import report
from oabot.files import PRIVATE
from oabot.i18n import language

PUBLIC = 0o644
"""For whoever serves it; what holds names is first for its owner alone."""


def write(app: App, out: Path, lang: str = "") -> list[Path]:
    """Write the report into a folder, over an older one; the files written.

    Raises: `SourceError` when a wiki can't be read, and then the older report stays; `WikiError`, `LedgerError`;
    `InputError` when a file can't be written.
    """
    pipeline = app.control(app.wikis(save=False)).pipeline()
    seen = pipeline.recheck_all(pipeline.read())
    if seen.failed:
        raise SourceError(f"can't be read, so nothing is written: {', '.join(seen.failed)}")
    central = pipeline.settings.wikis[pipeline.settings.central]
    spoken = language(lang or central.language, {lang} if lang else central.drafts)
    names = pipeline.settings.report_names
    made = report(pipeline.contents.gather(), spoken, names=names)
    try:
        out.mkdir(parents=True, exist_ok=True)
        files.write({out / name: text for name, text in made.items()}, PRIVATE if names else PUBLIC)
    except OSError as problem:
        raise InputError(f"{out}: {problem.strerror}") from None
    return [out / name for name in made]
