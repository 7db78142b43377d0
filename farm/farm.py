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
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run as a script, its neighbours are no package yet

from farm import servers
from farm.learn import learn
from farm.place import HERE, FarmError, Place, Unfit, Wiki, place, run, served, wikis

CODE = Path("/usr/share/mediawiki")
PACKAGES = ("mediawiki", "php-cli", "php-intl", "php-mbstring", "php-sqlite3", "php-xml")
# MediaWiki wants a web server and PHP a home in one: unless apt reads these two first, never started, it takes apache.
STAND_INS = ("micro-httpd", "php-cgi")
EXTENSIONS = "AbuseFilter,ParserFunctions,Renameuser,SpamBlacklist,TemplateData,TitleBlacklist"


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
    for port in [at.port + wiki.offset for wiki in served() if not servers.pids(at, wiki)]:
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
    files = [
        HERE / name
        for name in ("LocalSettings.php", "farm.py", "learn.py", "place.py", "seed.json", "seed.php", "wikis.json")
    ]
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
    if any(servers.pids(at, wiki) for wiki in served()):
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
    learn_from_one(half)
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


def learn_from_one(at: Place) -> None:
    """Note what the first wiki's answers read, and put back what that changed."""
    wiki = wikis()[0]
    servers.serve(at, [wiki], OABOT_FARM_LEARN="yes")
    try:
        learn(at.address(wiki))
    finally:
        servers.end(at)
    put_back(at, "seeded")


def reset() -> None:
    """Put the seed back and drop the control files."""
    if not built(at := place()):
        raise Unfit("There is no farm made from this seed: run farm.py build first.")
    put_back(at, "seeded")


def put_back(at: Place, kept: str) -> None:
    """Make the wikis what they were when a folder of the state was copied from them, and end all steering.

    Running servers open the files anew with each request.
    """
    for stale in [*(at.state / "ctl").iterdir(), *(at.state / "data").glob("*.sqlite-*")]:
        stale.unlink()
    for file in (at.state / kept).iterdir():
        fresh = at.state / "data" / f"{file.name}.new"
        shutil.copyfile(file, fresh)
        fresh.replace(at.state / "data" / file.name)


def start() -> None:
    """Serve every wiki and wait until all answer; before any is started, `check`."""
    if not built(at := place()):
        raise Unfit("There is no farm made from this seed: run farm.py build first.")
    check()
    servers.serve(at, served())


def stop() -> None:
    """End the servers that this farm started, and wait until they are gone."""
    servers.end(place())


def status() -> None:
    """Print each wiki's pid, address and state, and the stream's."""
    servers.say(place())


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
