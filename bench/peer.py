"""Pywikibot, used as its documentation has it, in a process of its own: python -m bench.peer WHAT ARGUMENT ..."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen


def _site(url: str, dbname: str) -> Any:  # noqa: ANN401 - Pywikibot has no types
    import pywikibot
    from pywikibot import config
    from pywikibot.family import SingleSiteFamily

    config.put_throttle = config.minthrottle = 0
    config.usernames["*"]["*"] = "OATransparencyBot"
    made = {
        "name": dbname,
        "domain": urlsplit(url).netloc,
        "protocol": lambda _self, code: "http",  # noqa: ARG005 - as Pywikibot calls it
        "scriptpath": lambda _self, code: f"/{dbname}/w",  # noqa: ARG005 - as Pywikibot calls it
    }
    family = type("Bench", (SingleSiteFamily,), made)()
    return pywikibot.Site(code=dbname, fam=family, user="OATransparencyBot")


def stream(url: str, last: str) -> dict[str, Any]:
    """EventStreams with a filter, as its docstring shows."""
    from pywikibot.comms.eventstreams import EventStreams

    events = EventStreams(url=f"{url}/v2/stream/recentchange", site=_site(url, "metawiki"))
    events.register_filter(type="log")
    found = []
    cpu, wall = time.process_time(), time.perf_counter()
    for change in events:
        user, title = change.get("user", ""), change.get("title", "")
        if user == "WMFOffice" or user.endswith(("(WMF)", "-WMF")) or title == "User:示例甲@global":
            if change.get("log_id"):
                found.append(change["meta"]["id"])
            if change["meta"]["id"] == last:
                break
    return {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall, "woken": found}


def sweep(url: str, wikis: str, performers: str) -> dict[str, Any]:
    """`site.logevents` of every wiki, performer and type of log."""
    from bench.bot import PERFORMERS, names

    before = _requests(url)
    for dbname in names(int(wikis)):
        site = _site(url, dbname)
        for performer in PERFORMERS[: int(performers)]:
            for log_type in ("globalauth", "rights", "block", "delete", "protect", "gblblock"):
                list(site.logevents(logtype=log_type, user=performer, total=50))
    return {"requests": _requests(url) - before}


def unchanged(url: str, title: str) -> dict[str, Any]:
    """Read and save a page as it is; what that costs once the site is known."""
    import pywikibot

    page = pywikibot.Page(_site(url, "metawiki"), title)
    page.text = page.get()
    page.save(summary="refreshed", quiet=True)
    before = _counted(url)
    again = pywikibot.Page(page.site, title)
    again.text = again.get()
    again.save(summary="refreshed", quiet=True)
    after = _counted(url)
    return {name: after.get(name, 0) - before.get(name, 0) for name in ("requests", "writes")}


def idle(url: str, seconds: str) -> dict[str, Any]:
    """Wait for office actions that don't come."""
    import threading

    from pywikibot.comms.eventstreams import EventStreams

    events = EventStreams(url=f"{url}/v2/stream/recentchange", site=_site(url, "metawiki"))
    events.register_filter(type="log", user="WMFOffice")
    threading.Thread(target=lambda: next(iter(events)), daemon=True).start()
    time.sleep(2)
    cpu = time.process_time()
    time.sleep(float(seconds))
    return {"cpu_day": (time.process_time() - cpu) / float(seconds) * 86_400}


def publish(url: str, *titles: str) -> dict[str, Any]:
    """Wait for an office action, then read and save every page."""
    import pywikibot
    from pywikibot.comms.eventstreams import EventStreams

    site = _site(url, "metawiki")
    site.get_tokens(["csrf"])
    events = EventStreams(url=f"{url}/v2/stream/recentchange", site=site)
    events.register_filter(type="log", user="WMFOffice")
    change = next(iter(events))
    for title in titles:
        page = pywikibot.Page(site, title)
        page.text = page.text.replace("table}}", "table}}\n" + change["title"], 1)
        page.save(summary="refreshed", quiet=True)
    return {"saved": len(titles)}


def _counted(url: str) -> dict[str, Any]:
    with urlopen(f"{url}/bench/look") as reply:  # noqa: S310 - this machine's own
        said: dict[str, Any] = json.load(reply)
        return said


def _requests(url: str) -> int:
    return int(_counted(url).get("requests", 0))


def main() -> None:
    """Do one thing; what it cost, in JSON."""
    what, *arguments = sys.argv[1:]
    said = globals()[what](*arguments)
    # getrusage would tell what whoever started this held, if that was more.
    most = Path("/proc/self/status").read_text(encoding="utf-8").partition("VmHWM:")[2].split()[0]
    sys.stdout.write(json.dumps({**said, "rss_mb": int(most) / 1024}))


if __name__ == "__main__":
    main()
