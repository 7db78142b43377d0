"""Programs in processes of their own: the wikis, the peer, ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Running:
    """The wikis' server."""

    port: int

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def stream(self) -> str:
        """The address of its stream."""
        return f"{self.url}/v2/stream/recentchange"

    def api(self, dbname: str) -> str:
        """The address of a wiki's api.php."""
        return f"{self.url}/{dbname}/w/api.php"

    def count(self) -> dict[str, Any]:
        """What was asked since this was called last."""
        return self._ask("count")

    def look(self) -> dict[str, Any]:
        """The same, and it goes on counting."""
        return self._ask("look")

    def tell(self, wiki: str, row: Mapping[str, Any], frame: bytes) -> float:
        """Put a row into a wiki's log and a frame on the wire; when that was."""
        said = self._ask("tell", json.dumps({"wiki": wiki, "row": row, "frame": frame.decode()}).encode())
        return float(said["at"])

    def _ask(self, what: str, body: bytes | None = None) -> dict[str, Any]:
        with urlopen(f"{self.url}/bench/{what}", data=body, timeout=30) as reply:  # noqa: S310 - this machine's own
            said: dict[str, Any] = json.load(reply)
            return said


@contextmanager
def wikis(spec: Mapping[str, Any]) -> Iterator[Running]:
    """Serve wikis; see `bench.wikis`."""
    with tempfile.TemporaryDirectory(prefix="oabot-bench-") as folder:
        path = Path(folder) / "spec.json"
        path.write_text(json.dumps(spec), encoding="utf-8")
        with subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "bench.wikis", str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        ) as process:
            assert process.stdout is not None  # noqa: S101 - it is a pipe
            yield Running(int(process.stdout.readline()))
            process.kill()


def _environment(folder: str) -> dict[str, str]:
    """For a program that uses Pywikibot, which keeps what it learns beside its user-config.py."""
    (Path(folder) / "user-config.py").touch(mode=0o600)
    peer = os.environ.get("OABOT_BENCH_PEER", str(ROOT / ".venv/bench-peer"))
    own = {"PYTHONPATH": f"{ROOT}:{peer}", "PYWIKIBOT_DIR": folder, "PYWIKIBOT_NO_USER_CONFIG": "2"}
    return {**os.environ, **own}


@contextmanager
def started(module: str, folder: str, *arguments: str) -> Iterator[None]:
    """Run a module beside the block, and end it then."""
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", module, *arguments],
        cwd=folder,
        env=_environment(folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield
        finally:
            process.kill()


def run(module: str, *arguments: str) -> dict[str, Any]:
    """Run a module that prints JSON in its last line."""
    with tempfile.TemporaryDirectory(prefix="oabot-bench-") as folder:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", module, *arguments],
            cwd=folder,
            env=_environment(folder),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"{module}: {done.stderr[-2000:]}")
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said
