"""The farm's servers: one a wiki, and the stream; started, found and ended by pid."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path

from farm.learn import USED
from farm.place import HERE, STREAM, FarmError, Place, Wiki, served


def pids(at: Place, wiki: Wiki) -> list[int]:
    """The pids of a wiki's server and of its workers, which outlive it if only the parent is ended."""
    try:
        leader = int((at.state / "run" / f"{wiki.dbname}.pid").read_text())
    except (OSError, ValueError):
        return []
    ours = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            group = int((process / "stat").read_text().rpartition(")")[2].split()[2])
            # The address too: the pid may be somebody else's by now.
            if group == leader and at.address(wiki).encode() in (process / "cmdline").read_bytes():
                ours.append(int(process.name))
    return ours


def answers(at: Place, wiki: Wiki) -> bool:
    """Whether that wiki, and no other, answers at its address."""
    asked = f"http://{at.address(wiki)}/w/api.php?action=query&meta=siteinfo&format=json"
    with contextlib.suppress(OSError, ValueError, KeyError), urllib.request.urlopen(asked, timeout=20) as reply:
        return bool(json.load(reply)["query"]["general"]["wikiid"] == wiki.dbname)
    return False


def serve(at: Place, wikis: Sequence[Wiki], **environment: str) -> None:
    """Serve every one that has no server yet, and wait until all answer. Raises: `FarmError`."""
    for wiki in [wiki for wiki in wikis if not pids(at, wiki)]:
        _serve(at, wiki, environment)
    until = time.monotonic() + 30
    for wiki in wikis:
        while not answers(at, wiki):
            if time.monotonic() > until or not pids(at, wiki):
                end(at)
                raise FarmError(f"{wiki.dbname} does not answer; its log: {at.state}/log/{wiki.dbname}.log")
            time.sleep(0.05)


def _serve(at: Place, wiki: Wiki, more: Mapping[str, str]) -> None:
    """Start one wiki's server, in a process group of its own, and note its pid."""
    options = ["-dopcache.validate_timestamps=0", "-dopcache.max_accelerated_files=10000", "-ddisplay_errors=0"]
    if (at.state / USED).exists():
        options += [f"-dopcache.preload={HERE}/preload.php"]
        options += ["-dopcache.preload_user=root"] if os.geteuid() == 0 else []  # asked for by name, even of root
    with (at.state / "log" / f"{wiki.dbname}.log").open("ab") as log:
        command = ["php", *options, "-S", at.address(wiki), str(HERE / "router.php")]
        if wiki is STREAM:
            command = [sys.executable, str(HERE / "stream.py"), at.address(wiki), str(at.state / "ctl")]
        environment = at.environment(wiki, PHP_CLI_SERVER_WORKERS="2", **more)
        none = subprocess.DEVNULL
        server = subprocess.Popen(command, env=environment, stdin=none, stdout=log, stderr=log, start_new_session=True)
    (at.state / "run" / f"{wiki.dbname}.pid").write_text(str(server.pid))


def end(at: Place) -> None:
    """End the servers that this farm started, and wait until they are gone."""
    for signum in (signal.SIGTERM, signal.SIGKILL):
        for pid in [pid for wiki in served() for pid in pids(at, wiki)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signum)
        until = time.monotonic() + 5
        while any(pids(at, wiki) for wiki in served()) and time.monotonic() < until:
            time.sleep(0.02)


def say(at: Place) -> None:
    """Print each wiki's pid, address and state, and the stream's."""
    for wiki in served():
        found = pids(at, wiki)
        word = "answers" if found and answers(at, wiki) else "silent" if found else "stopped"
        print(f"{wiki.dbname:12} {found[0] if found else '-':>8}  http://{at.address(wiki)}/wiki/  {word}")
