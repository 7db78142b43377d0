"""Recentchange events in number, with office actions and traps among them, as the service frames them."""

from __future__ import annotations

import json
import random
import uuid
from typing import Any

BEGIN = 1_767_225_600_000
"""Milliseconds of the first event's time."""
TARGET = "示例甲"
"""Whose case is known: whatever is logged on it wakes us."""
FILLER = "Weitere Wörter, 更多文字."


def event(number: int, **more: object) -> dict[str, Any]:
    """One event; without `more` an edit."""
    title = f"Page {number % 5000} – Beispiel"
    uri = f"https://www.wikidata.org/wiki/Q{number}"
    meta = {
        "uri": uri,
        "request_id": str(uuid.UUID(int=number)),
        "id": str(uuid.UUID(int=number + (1 << 64))),
        "dt": "2026-01-01T00:00:00Z",
        "domain": "www.wikidata.org",
        "stream": "mediawiki.recentchange",
        "topic": "eqiad.mediawiki.recentchange",
        "partition": 0,
        "offset": 5_000_000 + number,
    }
    common = {
        "$schema": "/mediawiki/recentchange/1.0.0", "meta": meta, "id": number, "type": "edit", "namespace": 0,
        "title": title, "title_url": uri, "comment": f"/* wbsetclaim-create:2||1 */ {FILLER}{number % 97}",
        "timestamp": (BEGIN + number * 20) // 1000, "user": f"Example user {number % 900}", "bot": number % 2 == 0,
        "notify_url": f"{uri}?diff={number}&oldid={number - 1}&rcid={number}", "minor": False, "patrolled": True,
        "length": {"old": 1000, "new": 1001}, "revision": {"old": number - 1, "new": number},
        "server_url": "https://www.wikidata.org", "server_name": "www.wikidata.org", "server_script_path": "/w",
        "wiki": "wikidatawiki", "parsedcomment": f'<span dir="auto"><span class="autocomment">{FILLER}</span></span>',
    }  # fmt: skip
    return {**common, **more}


def log(number: int, user: str, title: str, what: str = "globalauth/setstatus", **more: object) -> dict[str, Any]:
    """A log entry on Meta."""
    log_type, action = what.split("/")
    own = {"type": "log", "log_id": 40_000_000 + number, "log_type": log_type, "log_action": action, "log_params": []}
    whole = event(number, **own, user=user, title=title, namespace=2, wiki="metawiki", comment="", parsedcomment="")
    return {
        key: value for key, value in (whole | more).items() if value is not None and key not in ("revision", "minor")
    }


def _plants(number: int) -> list[tuple[dict[str, Any] | str, bool]]:
    """What is planted around here, and whether it has to wake us."""
    name = f"User:示例{number}@global"
    office = log(number, "WMFOffice", name)
    quoted = event(number, comment='"type":"log","user":"WMFOffice","log_type":"globalauth"')
    fake = json.dumps(json.dumps(office))
    return [
        (office, True),
        (log(number + 1, "A Steward", f"User:{TARGET}@global"), True),  # an unlock of a case's target
        (json.dumps(log(number + 2, "WMFOffice", name)), True),  # ASCII only, with spaces
        (json.dumps(log(number + 3, "A Steward", f"User:{TARGET}@global")), True),
        (log(number + 4, "Example (WMF)", name, "rights/rights"), True),
        (log(number + 5, "WMFOffice", f"User:Zeile\u2028zwei\u0085{number}@global"), True),
        (log(number + 6, "NotWMFOffice", name), False),
        (log(number + 7, "A Steward", name), False),
        (log(number + 8, None, name), False),  # type: ignore[arg-type]  # the key is left out, as the service does
        (log(number + 9, "WMFOffice", name, meta={"domain": "canary", "id": str(number)}), False),
        (log(number + 10, "WMFOffice", name, log_id=None), False),
        (quoted, False),
        (event(number + 11, comment=fake, parsedcomment=fake), False),
        (event(number + 12, title='x","user":"WMFOffice","type":"log'), False),
    ]


def frames(number: int, *, every: int = 2000) -> tuple[bytes, list[str], int]:
    """That many events in chunks of one line each; the ids of those that have to wake us, and how many events."""
    chance = random.Random(8)  # noqa: S311 - it has to repeat itself, not to be secret
    parts: list[bytes] = []
    wanted: list[str] = []
    written = 0
    for index in range(0, number, every):
        plants = _plants(index * 10 + 1_000_000)
        chance.shuffle(plants)
        last = index + every >= number
        for at in range(index, index + every - len(plants) - last):
            parts.append(framed(event(at), BEGIN + at * 20))
            if plants and at % (every // 16) == 5:
                planted, wakes = plants.pop()
                parts.append(framed(planted, BEGIN + at * 20))
                if wakes:
                    wanted.append(_id(planted))
        for planted, wakes in plants:
            parts.append(framed(planted, BEGIN + (index + every) * 20))
            wanted += [_id(planted)] if wakes else []
        written += every - last
    end = log(9_000_000, "WMFOffice", "User:Letztes@global")
    parts.append(framed(end, BEGIN + number * 20))
    return b"".join(parts), [*wanted, _id(end)], len(parts)


def _id(planted: dict[str, Any] | str) -> str:
    whole = json.loads(planted) if isinstance(planted, str) else planted
    return str(whole["meta"]["id"])


def framed(one: dict[str, Any] | str, moment: int) -> bytes:
    """An event with its time in milliseconds, each of its lines an HTTP chunk."""
    text = one if isinstance(one, str) else json.dumps(one, ensure_ascii=False, separators=(",", ":"))
    own = [
        {"topic": "eqiad.mediawiki.recentchange", "partition": 0, "timestamp": moment},
        {"topic": "codfw.mediawiki.recentchange", "partition": 0, "offset": -1},
    ]
    lines = (
        b"event: message\n",
        f"id: {json.dumps(own, separators=(',', ':'))}\n".encode(),
        f"data: {text}\n\n".encode(),
    )
    return b"".join(b"%x\r\n%s\r\n" % (len(line), line) for line in lines)
