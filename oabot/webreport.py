"""Writes the report for the web: read, look again at everything, write all files or none."""

from __future__ import annotations

from pathlib import Path

from oabot.app import App
from oabot.errors import InputError, SourceError
from oabot.exports.report import report
from oabot.i18n import language


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
    made = report(pipeline.gather(), spoken, names=pipeline.settings.report_names)
    try:
        out.mkdir(parents=True, exist_ok=True)
        new = {out / name: out / f".{name}.new" for name in made}
        for name, text in made.items():
            new[out / name].write_text(text, encoding="utf-8", newline="")
        for file, written in new.items():
            written.replace(file)
    except OSError as problem:
        raise InputError(f"{out}: {problem.strerror}") from None
    return list(new)
