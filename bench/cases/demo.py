"""``scripts/demo`` where all is installed, as a newcomer runs it the second time; there is no peer."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator

from bench.measure import Figure, Sample, Scale, alternate, require
from bench.process import ROOT


def figures(scale: Scale) -> Iterator[Figure]:
    """Run it once to install, then measure; in the end the servers that it started are ended."""
    if scale.tiny:
        return
    _demo()
    try:
        took = alternate(scale, {"ours": _again})
    finally:
        _demo("stop")
    yield Figure("demo", "scripts/demo, installed", "s", took["ours"]["s"], target=8)


def _again() -> Sample:
    """From wikis as they were seeded, as the demo leaves its work on them."""
    _demo("reset")
    began = time.monotonic()
    _demo()
    return {"s": time.monotonic() - began}


def _demo(*verb: str) -> None:
    done = subprocess.run(  # noqa: S603 - our own program
        [str(ROOT / "scripts/demo"), *verb], cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, check=False
    )
    require(done.returncode == 0, f"scripts/demo {' '.join(verb)}: {done.stderr[-500:]}")
