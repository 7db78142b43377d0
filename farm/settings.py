#!/usr/bin/env python3
"""Print the bot's settings for the farm on OABOT_FARM_PORT (8100): farm/settings.py FOLDER > FOLDER/oabot.toml.

The ledger and the heartbeat are then kept in that folder. Every wiki counts as approved, and accepts translations
that nobody has reviewed. Dbnames after FOLDER: only these wikis.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Collection
from pathlib import Path

HERE = Path(__file__).resolve().parent


def settings(folder: Path, only: Collection[str] = ()) -> str:
    """The settings as TOML; a JSON string is one of TOML's too."""
    port = int(os.environ.get("OABOT_FARM_PORT") or 8100)
    seed = json.loads((HERE / "seed.json").read_text(encoding="utf-8"))
    names = {role: json.dumps([account["name"]]) for role, account in seed["accounts"].items()}
    lines = [
        f"account = {json.dumps(seed['accounts']['bot']['name'])}",
        'contact = "https://meta.example.org/wiki/User:Operator"',
        f"database = {json.dumps(f'sqlite:///{folder.resolve()}/oabot.sqlite')}",
        f"heartbeat = {json.dumps(f'{folder.resolve()}/heartbeat')}",
        f'stream = "http://127.0.0.1:{port + 16}/v2/stream/recentchange"',
        "settle_hours = 0",
        "[actors]",
        f"office = {names['office']}",
        f"trust_and_safety = {json.dumps([seed['accounts'][role]['name'] for role in ('safety', 'counsel')])}",
        f"office_it = {names['helpdesk']}",
    ]
    wikis = json.loads((HERE / "wikis.json").read_text(encoding="utf-8"))
    spoken = sorted({file.stem for file in (HERE.parent / "oabot/i18n").glob("*.json")} - {"qqq", "fallbacks"})
    for wiki in wikis:
        if only and wiki["dbname"] not in only:
            continue
        lines += [
            f"[wikis.{wiki['dbname']}]",
            f'url = "http://127.0.0.1:{port + wiki["offset"]}"',
            f"language = {json.dumps(wiki['lang'])}",
            f"drafts = {json.dumps(spoken)}",
            "flagged = true",
            "pace = 0",
            'approval = "the farm is ours"',
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(settings(Path(sys.argv[1]), sys.argv[2:]), end="")
