"""What is known of one log entry, for the operator: observed, judged, in which case, on which pages."""

from __future__ import annotations

from oabot.app import App
from oabot.model import EntryId
from oabot.timestamps import iso


def explain(app: App, entry: EntryId) -> list[str]:
    """Lines without a name of a person. Raises: `LedgerError`."""
    ledger = app.ledger
    stone = next((stone for stone in ledger.erasures.tombstones() if stone.id == entry), None)
    if stone is not None:
        return [f"{entry}: erased on {iso(stone.erased_at)} ({stone.reason}); nothing of it is kept"]
    odd = next((one for one in ledger.quarantine.entries() if one.id == entry), None)
    lines = [f"{entry}: in quarantine: {odd.shape}"] if odd else []
    history = ledger.observations.history(entry)
    if not history:
        return [*lines, f"{entry}: not in the ledger; only entries that are or may be office actions are kept"]
    known = app.pipeline({}).contents.known()
    judgement = known.judgements.get(entry)
    lines += [f"{entry}: observed on {iso(seen.seen_at)}: {seen.row['type']}/{seen.row['action']}" for seen in history]
    if judgement is None:
        return [*lines, f"{entry}: left out for now: it wasn't there when last looked for"]
    rule = app.rules.rule(judgement.rule)
    lines.append(f"verdict: {judgement.verdict} ({judgement.label}) by rule {rule.id}: {rule.reason} [{rule.source}]")
    for case in known.cases:
        if entry in {one.id for one in case.entries}:
            ids = ", ".join(str(one.id) for one in case.entries)
            lines.append(f"case {case.id}: {case.action_class}, {case.status}; entries {ids}")
    pages = ledger.publications.pages_showing(entry)
    lines.append(f"shown on: {', '.join(f'{wiki}: {title}' for wiki, title in pages) or 'no page'}")
    return lines
