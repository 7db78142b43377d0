#!/usr/bin/env python3
"""Makes the pages of tests/data/pages anew: every view in several languages, from the farm's rows and one statement.

    .venv/bin/python scripts/golden_pages.py

What `git diff` shows then is what a change does to pages.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run from a checkout, where the package isn't installed

from scripts.own_python import enter

enter()

from pydantic import TypeAdapter

from oabot import rules
from oabot.answers import Answer, Answered
from oabot.config import OnWikiConfig
from oabot.explained import Followed, tell
from oabot.i18n import language
from oabot.letters import correspondence
from oabot.model import Case, CommitteeTotals
from oabot.offline import read, replay
from oabot.statements import Statement
from oabot.views import Material, Place, render
from oabot.wikitext import regions

FOLDER = ROOT / "tests/data/pages"
NOW = datetime(2026, 1, 15, 12, tzinfo=UTC)
CASES = {"en": "metawiki", "ru": "ruwiki", "zh": "zhwiki", "fa": "fawiki"}
"""Language -> the wiki on which it is read."""
STATEMENTS = {**CASES, "bn": "bnwiki"}
VIEWS = {
    "table": CASES,
    "local": {**CASES, "en": "commonswiki"},
    "statements": STATEMENTS,
    "notice|statement=OA2021": STATEMENTS,
    "summary": {"en": "metawiki", "ru": "ruwiki", "fa": "fawiki"},
    "letters|page=ruwiki:User:Пример Виктор/Переписка": {"en": "metawiki", "ru": "ruwiki", "fa": "fawiki"},
}
LETTERS = ("ruwiki", "User:Пример Виктор/Переписка")


def pages() -> dict[str, str]:
    """Each page's file name and text."""
    made = material()
    return {
        f"{lang}-{setup.partition('|')[0]}.wikitext": _page(setup, wiki, lang, made)
        for setup, wikis in VIEWS.items()
        for lang, wiki in wikis.items()
    }


def _page(setup: str, wiki: str, lang: str, made: Material) -> str:
    [region] = regions(f"{{{{Office actions|{setup}}}}}\n{{{{Office actions end}}}}")
    place = Place(wiki, f"User:{made.account}/{region.view}", language(lang, {lang}))
    return render(region, made, place).body + "\n"


def material() -> Material:
    """What the pages are made of."""
    cases = _cases()
    homes = json.loads((ROOT / "farm/translate/globalusers.json").read_text(encoding="utf-8"))
    at_home = {name: row["home"] for name, row in homes.items()}
    statement = TypeAdapter(Statement).validate_json((FOLDER / "statement.json").read_bytes())
    batch = Followed(statement.title, since=date(2021, 9, 13), until=date(2021, 9, 13))
    wikis = {wiki: lang for lang, wiki in STATEMENTS.items()}
    return Material(
        cases=cases,
        addresses={wiki: f"https://{wiki}.example" for wiki in [*wikis, "commonswiki"]},
        account="OATransparencyBot",
        central="metawiki",
        homes=at_home,
        statements=tell([(batch, statement)], cases, wikis, at_home),
        letters={
            LETTERS: correspondence((FOLDER.parent / "letters/pages/tabs-by-template.wikitext").read_text("utf-8"))
        },
        answers=(
            Answered(*LETTERS, 2, 3, Answer.ANSWERED, ("FarmAdmin",)),
            Answered(*LETTERS, 2, 1, Answer.DECLINED, ("Пример Виктор",)),
            Answered(*LETTERS, 1, 0, Answer.PARTLY, ("Пример Виктор",)),
        ),
        committee=(CommitteeTotals("Oct 2020 – Mar 2021", "Case Review Committee/Reports", 1, 0, 1, 3),),
    )


def _cases() -> tuple[Case, ...]:
    seed = json.loads((ROOT / "farm/seed.json").read_text(encoding="utf-8"))["accounts"]
    names = {role: [account["name"]] for role, account in seed.items()}
    staff = [*names["safety"], *names["counsel"]]
    actors = {"office": names["office"], "trust_and_safety": staff, "office_it": names["helpdesk"]}
    return replay(read(ROOT / "farm/rows.jsonl"), rules.load(actors), OnWikiConfig(), NOW).cases


def main() -> None:
    """Write them all."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.wikitext"):
        old.unlink()
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
