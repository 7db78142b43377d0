#!/usr/bin/env python3
"""Real MediaWiki wikis on this machine, from Debian's packages, seeded with history.

farm.py check      say whether install and start can work here; changes nothing
farm.py install    apt-get the packages (root; once per machine)
farm.py build      make the wikis and seed them; does nothing where they are made of what is here now
farm.py start      serve them on loopback; does nothing where they already answer
farm.py reset      put the seed back, also while they run
farm.py stop       end the servers, by pid
farm.py status     each wiki's pid and address, and whether it answers
farm.py jobs       run MediaWiki's job queues

Environment: OABOT_FARM_STATE, the folder of all that is made (oabot-farm-UID in the system's temp folder), and
OABOT_FARM_PORT (8100): the wikis answer on the ports after it. Exit codes: 0 done, 1 failed, 2 can't here, and why.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass, replace
from pathlib import Path

HERE = Path(__file__).resolve().parent
CODE = Path("/usr/share/mediawiki")
PACKAGES = ("mediawiki", "php-cli", "php-intl", "php-mbstring", "php-sqlite3", "php-xml")
# MediaWiki wants a web server and PHP a home in one: unless apt reads these two first, never started, it takes apache.
STAND_INS = ("micro-httpd", "php-cgi")
EXTENSIONS = "AbuseFilter,ParserFunctions,Renameuser,SpamBlacklist,TemplateData,TitleBlacklist"


class FarmError(Exception):
    """Something failed; the message says what. Exit 1."""


class Unfit(FarmError):
    """This machine, or this user on it, can't; the message says what to do instead. Exit 2."""


@dataclass(frozen=True, slots=True)
class Wiki:
    """One line of wikis.json."""

    dbname: str
    offset: int
    lang: str
    code: str
    name: str
    group: str


def wikis() -> list[Wiki]:
    """The farm's wikis, in the table's order."""
    return [Wiki(**row) for row in json.loads((HERE / "wikis.json").read_text(encoding="utf-8"))]


STREAM = Wiki("stream", 16, "", "", "", "")  # no wiki, but started and ended like one: stream.py, their changes


def served() -> list[Wiki]:
    """All that has a server."""
    return [*wikis(), STREAM]


@dataclass(frozen=True, slots=True)
class Place:
    """Where one farm lives: its folder, and the port after which its wikis answer."""

    state: Path
    port: int

    def address(self, wiki: Wiki) -> str:
        """Host and port of a wiki."""
        return f"127.0.0.1:{self.port + wiki.offset}"

    def environment(self, wiki: Wiki, **more: str) -> dict[str, str]:
        """What LocalSettings.php and MediaWiki read."""
        own = {"OABOT_FARM_STATE": str(self.state), "OABOT_FARM_PORT": str(self.port), "OABOT_FARM_WIKI": wiki.dbname}
        return {**os.environ, **own, "MW_CONFIG_FILE": str(HERE / "LocalSettings.php"), **more}


def place() -> Place:
    """The farm that the environment names."""
    default = Path(tempfile.gettempdir()) / f"oabot-farm-{os.getuid()}"
    return Place(Path(os.environ.get("OABOT_FARM_STATE") or default), int(os.environ.get("OABOT_FARM_PORT") or 8100))


def run(command: list[str], environment: dict[str, str]) -> str:
    """Run a program to its end and return what it printed. Raises: `FarmError` with the end of that."""
    none, pipe, join = subprocess.DEVNULL, subprocess.PIPE, subprocess.STDOUT
    done = subprocess.run(command, env=environment, stdin=none, stdout=pipe, stderr=join, text=True, check=False)
    if done.returncode:
        raise FarmError(f"{' '.join(command[:3])} ended with {done.returncode}:\n{done.stdout[-2000:]}")
    return done.stdout


def missing() -> list[str]:
    """The packages that are not installed yet."""
    if not shutil.which("dpkg-query"):
        return list(PACKAGES)
    asked = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *PACKAGES]
    said = subprocess.run(asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False).stdout
    return [package for package in PACKAGES if f"{package} installed" not in said.splitlines()]


def check() -> None:
    """Change nothing. Raises: `Unfit` where packages are missing and can't be installed, or a port is taken."""
    without = "Without a wiki: scripts/venv, then .venv/bin/python bot.py replay farm/rows.jsonl --out DIR."
    if (packages := missing()) and not shutil.which("apt-get"):
        raise Unfit(f"The local wikis need Debian's packages, and this system has no apt-get. {without}")
    if packages and os.geteuid():
        wanted = f"apt-get install --no-install-recommends {' '.join([*STAND_INS, *PACKAGES])}"
        raise Unfit(f"Packages are missing, and only root can install them: {wanted}. {without}")
    at = place()
    for port in [at.port + wiki.offset for wiki in served() if not servers(at, wiki)]:
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            raise Unfit(f"Port {port} is taken: name a free range, such as OABOT_FARM_PORT=9100. {without}") from None


def install() -> None:
    """Install what is missing."""
    if missing():
        check()
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        run(["apt-get", "update", "-q"], quiet)
        run(["apt-get", "install", "-yq", "--no-install-recommends", *STAND_INS, *PACKAGES], quiet)


def recipe(at: Place) -> str:
    """A fingerprint of all that a build is made from; another one asks for another build."""
    files = [HERE / name for name in ("LocalSettings.php", "farm.py", "seed.json", "seed.php", "wikis.json")]
    files += [*sorted((HERE / "translate").iterdir()), CODE / "includes/Defines.php"]
    return hashlib.sha256(b"\0".join([str(at.port).encode(), *(file.read_bytes() for file in files)])).hexdigest()


def built(at: Place) -> bool:
    """Whether the place holds a whole farm made from what is here now."""
    made = at.state / "recipe"
    return made.exists() and made.read_text() == recipe(at)


def build() -> None:
    """Make the wikis beside the place and move them there when all are whole; nothing if that is done already."""
    if built(at := place()):
        return
    if missing():
        raise Unfit("Packages are missing: run farm.py install first.")
    if any(servers(at, wiki) for wiki in served()):
        raise Unfit("The farm is running: run farm.py stop first.")
    if at.state.exists() and any(at.state.iterdir()) and not (at.state / "recipe").exists():
        raise Unfit(f"{at.state} holds something that is no farm: name another folder in OABOT_FARM_STATE.")
    half = replace(at, state=at.state.with_name(at.state.name + ".half"))
    shutil.rmtree(half.state, ignore_errors=True)
    for folder in ("data", "ctl", "log", "run"):
        (half.state / folder).mkdir(parents=True, mode=0o700)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(lambda wiki: build_one(half, wiki), wikis()))
    shutil.copytree(half.state / "data", half.state / "seeded", ignore=shutil.ignore_patterns("locks"))
    (half.state / "recipe").write_text(recipe(at))
    shutil.rmtree(at.state, ignore_errors=True)
    half.state.rename(at.state)


def build_one(at: Place, wiki: Wiki) -> None:
    """One empty wiki, seeded."""
    generated = at.state / "generated" / wiki.dbname
    for folder in (generated, at.state / "cache" / wiki.dbname, at.state / "images" / wiki.dbname):
        folder.mkdir(parents=True)
    # The installer must not see our settings: it would take the wiki for installed. Those it writes are not used.
    environment = {key: value for key, value in at.environment(wiki).items() if key != "MW_CONFIG_FILE"}
    admin = json.loads((HERE / "seed.json").read_text(encoding="utf-8"))["accounts"]["admin"]
    script = str(CODE / "maintenance/install.php")
    where = [f"--server=http://{at.address(wiki)}", "--scriptpath=/w", f"--lang={wiki.lang}", f"--confpath={generated}"]
    store = ["--dbtype=sqlite", f"--dbpath={at.state}/data", f"--dbname={wiki.dbname}", f"--pass={admin['password']}"]
    parts = [f"--extensions={EXTENSIONS}", "--skins=Vector"]
    run(["php", script, *where, *store, *parts, wiki.name, admin["name"]], environment)
    run(["php", str(HERE / "seed.php"), str(HERE / "seed.json")], at.environment(wiki))
    run(["php", str(CODE / "maintenance/runJobs.php")], at.environment(wiki))


def reset() -> None:
    """Put the seed back and drop the control files; running servers open the files anew with each request."""
    at = place()
    if not built(at):
        raise Unfit("There is no farm made from this seed: run farm.py build first.")
    for stale in [*(at.state / "ctl").iterdir(), *(at.state / "data").glob("*.sqlite-*")]:
        stale.unlink()
    for seeded in (at.state / "seeded").iterdir():
        fresh = at.state / "data" / f"{seeded.name}.new"
        shutil.copyfile(seeded, fresh)
        fresh.replace(at.state / "data" / seeded.name)


def servers(at: Place, wiki: Wiki) -> list[int]:
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


def start() -> None:
    """Serve every wiki and wait until all answer; before any is started, `check`."""
    at = place()
    if not built(at):
        raise Unfit("There is no farm made from this seed: run farm.py build first.")
    check()
    for wiki in [wiki for wiki in served() if not servers(at, wiki)]:
        serve(at, wiki)
    until = time.monotonic() + 30
    for wiki in served():
        while not answers(at, wiki):
            if time.monotonic() > until or not servers(at, wiki):
                stop()
                raise FarmError(f"{wiki.dbname} does not answer; its log: {at.state}/log/{wiki.dbname}.log")
            time.sleep(0.05)


def serve(at: Place, wiki: Wiki) -> None:
    """Start one wiki's server, in a process group of its own, and note its pid."""
    options = ["-dopcache.revalidate_freq=0", "-dopcache.max_accelerated_files=10000", "-ddisplay_errors=0"]
    with (at.state / "log" / f"{wiki.dbname}.log").open("ab") as log:
        command = ["php", *options, "-S", at.address(wiki), str(HERE / "router.php")]
        if wiki is STREAM:
            command = [sys.executable, str(HERE / "stream.py"), at.address(wiki), str(at.state / "ctl")]
        environment = at.environment(wiki, PHP_CLI_SERVER_WORKERS="2")
        none = subprocess.DEVNULL
        server = subprocess.Popen(command, env=environment, stdin=none, stdout=log, stderr=log, start_new_session=True)
    (at.state / "run" / f"{wiki.dbname}.pid").write_text(str(server.pid))


def stop() -> None:
    """End the servers that this farm started, and wait until they are gone."""
    at = place()
    for signum in (signal.SIGTERM, signal.SIGKILL):
        for pid in [pid for wiki in served() for pid in servers(at, wiki)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signum)
        until = time.monotonic() + 5
        while any(servers(at, wiki) for wiki in served()) and time.monotonic() < until:
            time.sleep(0.02)


def status() -> None:
    """Print each wiki's pid, address and state, and the stream's."""
    at = place()
    for wiki in served():
        pids = servers(at, wiki)
        word = "answers" if pids and answers(at, wiki) else "silent" if pids else "stopped"
        print(f"{wiki.dbname:12} {pids[0] if pids else '-':>8}  http://{at.address(wiki)}/wiki/  {word}")


def jobs() -> None:
    """Run what MediaWiki put off (link tables, renames)."""
    for wiki in wikis():
        run(["php", str(CODE / "maintenance/runJobs.php")], place().environment(wiki))


def main(arguments: list[str]) -> int:
    """Do one verb."""
    verbs = {verb.__name__: verb for verb in (check, install, build, start, reset, stop, status, jobs)}
    if len(arguments) != 1 or arguments[0] not in verbs:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        verbs[arguments[0]]()
    except FarmError as error:
        print(error, file=sys.stderr)
        return 2 if isinstance(error, Unfit) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
