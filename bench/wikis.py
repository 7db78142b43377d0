"""Many small wikis in one process, and their stream: a server of its own that counts and answers after a round trip.

    python -m bench.wikis SPEC.json        prints its port, then serves until its standard input ends

`SPEC` is JSON: ``wikis`` (dbname -> language), ``delay`` (seconds a request takes), ``attached`` (dbnames on which the
performers have accounts), ``rows`` (dbname -> logevents rows), ``pages`` (dbname -> title -> text), ``account``,
``stream`` (a file with frames that a listener gets first), ``rate`` (events of no interest a second).
``/DBNAME/w/api.php`` is a wiki. ``/bench/count`` tells what was asked since it was last asked, ``/bench/tell`` sends
its body to the listeners and adds the row in it to a log.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from bench import events
from bench.replies import Reply, modules, old

Asked = Mapping[str, str]

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
_USERS = ("*", "user", "sysop", "bot")


class Wikis:
    """What they hold, what is asked of them."""

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self.account: str = spec.get("account", "OATransparencyBot")
        self.delay: float = spec.get("delay", 0.0)
        self.languages: dict[str, str] = spec["wikis"]
        self.attached = set(spec.get("attached", self.languages))
        self.rows: dict[str, list[dict[str, Any]]] = spec.get("rows", {})
        self.revisions: dict[tuple[str, str], dict[str, Any]] = {}
        self.count: Counter[str] = Counter()
        self.edits: list[tuple[str, float]] = []
        self._numbers = itertools.count(1000)
        for dbname, pages in spec.get("pages", {}).items():
            for title, text in pages.items():
                self._put(dbname, title, text, "FarmAdmin")

    def _put(self, dbname: str, title: str, text: str, user: str) -> int:
        revid = next(self._numbers)
        self.revisions[dbname, title] = {"revid": revid, "parentid": 0, "user": user, "text": text.rstrip()}
        return revid

    def answer(self, dbname: str, asked: Asked) -> Reply:
        """As MediaWiki would answer."""
        self.count["requests"] += 1
        self.count[asked.get("list") or asked.get("action", "")] += 1
        self.count["by_performer"] += "leuser" in asked
        self.count["writes"] += asked.get("action") == "edit"
        match asked.get("action"):
            case "paraminfo":
                reply: Reply = {"paraminfo": {"modules": modules(asked.get("modules", ""))}}
            case "edit":
                reply = {"edit": self._edit(dbname, asked)}
            case "login":
                reply = {"login": {"result": "Success", "lguserid": 7, "lgusername": self.account}}
            case _:
                reply = {"batchcomplete": True, "query": self._query(dbname, asked)}
        return reply if asked.get("formatversion") == "2" else old(reply)

    def _edit(self, dbname: str, asked: Asked) -> Reply:
        title, text = asked["title"], asked["text"].rstrip()
        before = self.revisions.get((dbname, title))
        base = int(asked.get("baserevid", 0))
        if before and before["text"] == text:
            return {"result": "Success", "title": title, "pageid": 1, "contentmodel": "wikitext", "nochange": True}
        if before and base and before["revid"] != base:
            raise ValueError("editconflict")
        revid = self._put(dbname, title, text, self.account)
        self.edits.append((title, time.time()))
        old = before["revid"] if before else 0
        return {"result": "Success", "title": title, "pageid": 1, "oldrevid": old, "newrevid": revid,
                "contentmodel": "wikitext", "newtimestamp": "2026-01-01T00:00:00Z"}  # fmt: skip

    def _query(self, dbname: str, asked: Asked) -> Reply:
        query: Reply = {}
        for part in filter(None, f"{asked.get('meta', '')}|{asked.get('list', '')}".split("|")):
            if part == "siteinfo":
                query |= self._siteinfo(dbname, asked)
            elif make := getattr(self, f"_{part}", None):
                query[part] = make(dbname, asked)
        if asked.get("generator") == "embeddedin":
            name = asked["geititle"].partition(":")[2]
            titles = [title for wiki, title in self.revisions if wiki == dbname and f"{{{{{name}|" in
                      self.revisions[wiki, title]["text"]]  # fmt: skip
            query["pages"] = [self._page(dbname, title) for title in titles]
        elif "titles" in asked:
            query["pages"] = [self._page(dbname, title) for title in asked["titles"].strip("\x1f").split("|")]
        return query

    def _siteinfo(self, dbname: str, asked: Asked) -> Reply:
        language = self.languages[dbname]
        general = {
            "sitename": dbname, "wikiid": dbname, "lang": language, "generator": "MediaWiki 1.45.0",
            "case": "first-letter",
            "readonly": False, "writeapi": True, "thumblimits": {}, "imagelimits": {}, "magiclinks": {}, "fallback": [],
            "base": "http://127.0.0.1/", "time": "2026-01-01T00:00:00Z", "articlepath": "/wiki/$1",
            "server": "//127.0.0.1",
        }  # fmt: skip
        spaces = {-2: "Media", -1: "Special", 0: "", 1: "Talk", 2: "User", 3: "User talk", 4: "Project", 8: "MediaWiki",
                  10: "Template", 14: "Category"}  # fmt: skip
        known: Reply = {
            "general": general,
            "namespaces": {str(n): {"id": n, "case": "first-letter", "name": name, "canonical": name, "*": name,
                                    "subpages": True, "content": n == 0} for n, name in spaces.items()},
            "namespacealiases": [], "extensions": [], "magicwords": [], "usergroups": [], "interwikimap": [],
        }  # fmt: skip
        return {part: known[part] for part in asked.get("siprop", "general").split("|") if part in known}

    def _userinfo(self, _dbname: str, _asked: Asked) -> Reply:
        limits = {"edit": {"user": {"hits": 900, "seconds": 60}}}
        rights = ["read", "edit", "bot", "createpage", "writeapi", "editsemiprotected", "noratelimit", "apihighlimits"]
        return {"id": 7, "name": self.account, "groups": ["*", "user", "bot"], "rights": rights, "ratelimits": limits,
                "messages": False, "editcount": 5, "registrationdate": "2020-01-01T00:00:00Z"}  # fmt: skip

    def _tokens(self, _dbname: str, asked: Asked) -> Reply:
        return {f"{kind}token": "0123456789abcdef+\\" for kind in asked.get("type", "csrf").split("|")}

    def _users(self, _dbname: str, asked: Asked) -> list[Reply]:
        return [{"userid": 5, "name": name, "groups": list(_USERS)} for name in asked["ususers"].split("|") if name]

    def _globaluserinfo(self, _dbname: str, asked: Asked) -> Reply:
        there = [{"wiki": wiki, "url": "", "editcount": 0} for wiki in self.languages if wiki in self.attached]
        return {"home": "metawiki", "id": 1, "name": asked["guiuser"], "merged": there, "unattached": [], "groups": []}

    def _globalusers(self, _dbname: str, asked: Asked) -> list[Reply]:
        return [{"id": 1, "name": name} for name in asked.get("gususers", "").split("|")]

    def _usercontribs(self, _dbname: str, _asked: Asked) -> list[Reply]:
        return []

    def _allpages(self, _dbname: str, _asked: Asked) -> list[Reply]:
        return []

    def _logevents(self, dbname: str, asked: Asked) -> list[Reply]:
        found = [row for row in self.rows.get(dbname, ()) if _matches(row, asked)]
        found.sort(key=lambda row: (row["timestamp"], row["logid"]), reverse=asked.get("ledir") != "newer")
        return found[:500]

    def _page(self, dbname: str, title: str) -> Reply:
        spaces = {"User": 2, "User talk": 3, "Project": 4, "Template": 10}
        space = spaces.get(title.partition(":")[0] if ":" in title else "", 0)
        page: Reply = {"ns": space, "title": title, "contentmodel": "wikitext", "pagelanguage": self.languages[dbname],
                       "protection": [], "touched": "2026-01-01T00:00:00Z", "pagelanguagedir": "ltr"}  # fmt: skip
        newest = self.revisions.get((dbname, title))
        if newest is None:
            return {**page, "missing": True}
        slot = {"contentmodel": "wikitext", "contentformat": "text/x-wiki", "content": newest["text"]}
        one = {"revid": newest["revid"], "parentid": 0, "user": newest["user"], "timestamp": "2026-01-01T00:00:00Z",
               "comment": "", "slots": {"main": slot}, "contentmodel": "wikitext", "sha1": "", "size": 1,
               "minor": False}  # fmt: skip
        return {**page, "pageid": newest["revid"], "lastrevid": newest["revid"], "length": 1, "revisions": [one]}


def _matches(row: Mapping[str, Any], asked: Asked) -> bool:
    low, high = ("lestart", "leend") if asked.get("ledir") == "newer" else ("leend", "lestart")
    return (
        asked.get("leuser", row["user"]) == row["user"]
        and asked.get("letitle", row["title"]) == row["title"]
        and asked.get("letype", row["type"]) == row["type"]
        and asked.get("leaction", "").partition("/")[0] in ("", row["type"])
        and ("leids" not in asked or str(row["logid"]) in asked["leids"].split("|"))
        and row["timestamp"] >= asked.get(low, "")
        and row["timestamp"] <= asked.get(high, "9")
    )


class Server:
    """Speaks HTTP/1.1 for them."""

    def __init__(self, wikis: Wikis, stream: bytes) -> None:
        self._wikis, self._stream = wikis, stream
        self._listeners: list[asyncio.StreamWriter] = []
        self._connected, self._asked_before = 0.0, 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().split("\r\n")
                path, _, query = lines[0].split(" ")[1].partition("?")
                headers = {
                    name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
                }
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                if path.startswith("/v2/stream"):
                    await self._listen(writer)
                    return
                reply = await self._reply(path, query or body.decode(), body)
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
                    % len(reply)
                    + reply
                )
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def _reply(self, path: str, query: str, body: bytes) -> bytes:
        if path.startswith("/bench/"):
            return json.dumps(self._control(path.rpartition("/")[2], body)).encode()
        asked = dict(parse_qsl(query, keep_blank_values=True))
        if self._wikis.delay:
            await asyncio.sleep(self._wikis.delay)
        try:
            reply = self._wikis.answer(path.split("/")[1], asked)
        except ValueError as fault:
            reply = {"error": {"code": str(fault), "info": ""}}
        return json.dumps(reply).encode()

    def _control(self, what: str, body: bytes) -> Reply:
        wikis = self._wikis
        if what == "tell":
            told = json.loads(body)
            wikis.rows.setdefault(told["wiki"], []).append(told["row"])
            for writer in self._listeners:
                writer.write(told["frame"].encode())
            return {"at": time.time()}
        said = {**wikis.count, "edits": wikis.edits, "listeners": len(self._listeners), "connected": self._connected,
                "asked_before": self._asked_before}  # fmt: skip
        if what == "count":
            wikis.count.clear()
            wikis.edits = []
        return said

    async def chatter(self, rate: float) -> None:
        """Tell the listeners of edits that nobody waits for."""
        for number in itertools.count(1):
            await asyncio.sleep(1 / rate)
            told = events.framed(events.event(number), round(time.time() * 1000))
            self._listeners = [writer for writer in self._listeners if not writer.is_closing()]
            for writer in self._listeners:
                writer.write(told)

    async def _listen(self, writer: asyncio.StreamWriter) -> None:
        self._connected, self._asked_before = time.time(), self._wikis.count["requests"]
        writer.write(HEAD)
        for start in range(0, len(self._stream), 1 << 18):
            writer.write(self._stream[start : start + (1 << 18)])
            await writer.drain()
        self._listeners.append(writer)


async def _main(spec: Mapping[str, Any], stream: bytes) -> None:
    server = Server(Wikis(spec), stream)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, limit=1 << 26)
    sys.stdout.write(f"{listening.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    chatter = asyncio.create_task(server.chatter(spec["rate"])) if spec.get("rate") else None
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    if chatter:
        chatter.cancel()


if __name__ == "__main__":
    wanted = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    asyncio.run(_main(wanted, Path(wanted["stream"]).read_bytes() if wanted.get("stream") else b""))
