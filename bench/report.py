"""The figures as a table for people and as JSON for programs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench.measure import Figure, Scale

_HEAD = ("case", "what", "unit", "ours", "peer", "ratio", "floor", "target", "")


def table(figures: Sequence[Figure]) -> str:
    """The figures in columns; the last one says of each target whether it is met."""
    rows = [_HEAD, *map(_row, figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return "\n".join(_line(row, widths) for row in rows)


def as_json(figures: Sequence[Figure], scale: Scale, load: float) -> str:
    """All of it, with when and on what it was measured. `load` is the machine's load average at the start."""
    said = {
        "measured": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": machine(),
        "load": round(load, 2),
        "rounds": scale.rounds,
        "figures": [{**asdict(figure), "met": figure.met} for figure in figures],
    }
    return json.dumps(said, indent=1)


def machine() -> str:
    """Processor, how many of them, system and Python; nothing that tells which machine it is."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    return f"{os.cpu_count()} x {model}, {platform.system()}, Python {platform.python_version()}"


def _row(figure: Figure) -> tuple[str, ...]:
    ratio = "" if not figure.peer else f"{figure.peer / figure.ours:.1f}x" if figure.ours else "all"
    verdict = "" if figure.target is None else "ok" if figure.met else "MISSED"
    numbers = (_number(figure.ours), _number(figure.peer), ratio, _number(figure.floor), _number(figure.target))
    return (figure.case, figure.what, figure.unit, *numbers, verdict)


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if value == int(value) or abs(value) >= 100 else f"{value:.3g}"


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    words = (
        text.ljust(width) if column < 3 or column == 8 else text.rjust(width)
        for column, (text, width) in enumerate(zip(row, widths, strict=True))
    )
    return "  ".join(words).rstrip()
