"""The command: ``scripts/bench [CASE ...] [--check] [--json FILE] [--rounds N]``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from bench import report
from bench.cases import CASES, Cases
from bench.measure import Figure, Scale, Wrong


def main(arguments: Sequence[str] | None = None, cases: Cases = CASES) -> int:
    """Measure and tell; 1 with ``--check`` when a target is missed, and whenever a result was wrong."""
    options = _parser(cases).parse_args(arguments)
    scale = Scale(1 if options.tiny else options.rounds, options.tiny)
    load = os.getloadavg()[0]
    _say(f"{report.machine()}; load {load:.1f}; medians of {scale.rounds}")
    figures, wrong = _measured({name: cases[name] for name in options.case or cases}, scale)
    _say(report.table(figures))
    if options.json:
        options.json.write_text(report.as_json(figures, scale, load) + "\n", encoding="utf-8")
    missed = [figure for figure in figures if not figure.met]
    return 1 if wrong or (options.check and missed) else 0


def _measured(cases: Cases, scale: Scale) -> tuple[list[Figure], bool]:
    figures: list[Figure] = []
    wrong = False
    for name, case in cases.items():
        _say(f"measuring {name} ...")
        try:
            figures += case(scale)
        except Wrong as problem:
            wrong = True
            _say(f"{name}: WRONG: {problem}")
    return figures, wrong


def _parser(cases: Cases) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench", description="Measures what the bot costs, beside its peers.")
    parser.add_argument("case", nargs="*", help=f"which cases; all of them if none: {', '.join(cases)}")
    parser.add_argument("--check", action="store_true", help="exit 1 if a target is missed")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file, too")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="how often each way is run (5)")
    parser.add_argument("--tiny", action="store_true", help="only see that the cases run; the figures say nothing")
    return parser


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
