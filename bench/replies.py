"""Parts of MediaWiki's replies that are the same whatever a wiki holds."""

from __future__ import annotations

from typing import Any

Reply = dict[str, Any]

_FLAGS = frozenset(("batchcomplete", "missing", "nochange", "userhidden", "bot", "new"))


def modules(asked: str) -> list[Reply]:
    """As much of paraminfo as Pywikibot and we ask for."""
    submodules = {
        "prop": ("info", "revisions", "categoryinfo", "imageinfo", "pageprops", "templates", "links"),
        "list": ("users", "logevents", "embeddedin", "allpages", "globalusers"),
        "meta": ("siteinfo", "tokens", "userinfo", "globaluserinfo", "messagegroupstats"),
    }
    query = [
        {
            "name": name,
            "multi": True,
            "limit": 50,
            "type": list(those),
            "submodules": {one: f"query+{one}" for one in those},
        }
        for name, those in submodules.items()
    ]
    params: dict[str, list[Reply]] = {
        "main": [{"name": "action", "type": ["edit", "query", "paraminfo", "login"],
                  "submodules": {"edit": "edit", "query": "query", "paraminfo": "paraminfo", "login": "login"}}],
        "query": [*query, {"name": "generator", "type": ["embeddedin"]}],
        "query+tokens": [{"name": "type", "type": ["csrf", "login"], "multi": True}],
        "paraminfo": [{"name": "modules", "limit": 50, "multi": True}],
        "query+logevents": [
            *({"name": name} for name in ("ids", "user", "title", "start", "end", "prop", "dir", "action")),
            {"name": "type", "type": ["", "block", "delete", "gblblock", "globalauth", "protect", "rights"]},
            {"name": "limit", "type": "limit", "max": 500, "highmax": 5000, "default": 10},
        ],
    }  # fmt: skip
    wanted = asked.split("|")
    return [
        {"name": path.rpartition("+")[2], "path": path, "classname": "", "parameters": params.get(path, []),
        "prefix": "",
         "group": "query" if path.startswith("query+") else "action"}
        for path in wanted
        if path and not path.startswith("query+message")
    ]  # fmt: skip


def old(value: Any) -> Any:  # noqa: ANN401 - JSON
    """The same in formatversion 1."""
    if isinstance(value, list):
        return [old(one) for one in value]
    if not isinstance(value, dict):
        return value
    made = {("*" if key == "content" and isinstance(one, str) else key): old(one) for key, one in value.items()}
    if isinstance(value.get("pages"), list):
        made["pages"] = {str(one.get("pageid", -number)): one for number, one in enumerate(made["pages"], 1)}
    for key in _FLAGS & made.keys():
        if made[key] is True:
            made[key] = ""
        elif made[key] is False:
            del made[key]
    return made
