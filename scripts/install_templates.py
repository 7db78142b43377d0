#!/usr/bin/env python3
"""Makes the pages that the bot needs on its wikis: the templates, their documentation, the stop page; with --docs also
what tables link to: what the bot is, by which rules it goes, where people ask it for something and add what they know.

Without --save it shows what would change. A page that the bot's account didn't create is left alone and named; an
admin can paste what --print gives. What people write on (the stop page, the pages of requests and annotations) is made
when it is missing and never touched again; the stop page as stopped, as that the bot may run counts only from people.
With --save four wikis are worked on at a time, each at its own pace.
Exit codes: 0 done, 1 something was left alone or failed, 2 wrong usage or settings, 3 stopped by a stop page.
"""

from __future__ import annotations

import argparse
import enum
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run from a checkout, as on Toolforge, the package isn't installed

from scripts.own_python import enter

enter()

from oabot.app import App
from oabot.config import Settings, load_settings
from oabot.errors import ConfigError, OabotError, Stopped
from oabot.model import Edit, Page, PageState
from oabot.seams import Clock, Wiki
from oabot.stops import RUN
from scripts.wanted_pages import Wanted, wanted

SUMMARY = "Templates of the bot, as its program brings them"


class State(enum.Enum):
    """How a wanted page stands; the value says it to a person."""

    MISSING = "to be made"
    OURS = "to be changed"
    DONE = "as it should be"
    THEIRS = "not made by the bot's account: left alone, an admin can paste what --print gives"


def state(wiki: Wiki, account: str, want: Wanted, page: Page) -> State:
    """Compare a wanted page with what the wiki has."""
    if page.state is not PageState.EXISTS:
        return State.MISSING
    if want.once or page.text.strip() == want.text:
        return State.DONE
    (first, *_) = wiki.revisions(want.title, limit=1)
    return State.OURS if first.user == account else State.THEIRS


def install(
    wiki: Wiki, account: str, pages: Sequence[Wanted], clock: Clock, pace: float
) -> Iterator[tuple[Wanted, State]]:
    """Save each page that is missing, or that is ours and differs, `pace` seconds apart; tell how each stood before."""
    found = wiki.pages([want.title for want in pages])
    wait = 0.0
    for want in pages:
        page = found[want.title]
        stands = state(wiki, account, want, page)
        yield want, stands
        if stands in (State.MISSING, State.OURS):
            clock.sleep(wait)
            wiki.save(Edit(want.title, want.text, SUMMARY, page.revid))
            wait = pace


def check_may_save(
    settings: Settings, dbnames: Sequence[str], wikis: Mapping[str, Wiki], workers: ThreadPoolExecutor
) -> None:
    """Raises: `ConfigError` for a wiki without approval, `Stopped` for a stop page that says anything but ``run``."""
    for dbname in dbnames:
        if not settings.wikis[dbname].approval:
            raise ConfigError(f"{dbname}: no approval in the settings, so nothing is saved there; see --print")
    title = settings.page("Run")
    asked = list(dict.fromkeys((settings.central, *dbnames)))
    for dbname, page in zip(asked, workers.map(lambda db: wikis[db].pages([title])[title], asked), strict=True):
        if page.state is not PageState.MISSING and page.text.strip() != RUN:
            raise Stopped(f"{dbname}: {title} says to stop")


def save_or_show(settings: Settings, dbnames: Sequence[str], *, docs: bool, save: bool) -> int:
    """Bring each wiki to what is wanted, or show what that would change."""
    app = App(settings)
    wikis = app.wikis(dbnames, save=save)

    def work(dbname: str) -> bool:
        pace = settings.wikis[dbname].seconds_between_saves if save else 0
        pages = wanted(settings, dbname, docs=docs)
        left = False
        for want, stands in install(wikis[dbname], settings.account, pages, app.clock, pace):
            print(f"{dbname}: {want.title}: {stands.value}\n", end="", flush=True)
            left |= stands is State.THEIRS
        return left

    with ThreadPoolExecutor(4 if save else 1) as workers:
        if save:
            check_may_save(settings, dbnames, wikis, workers)
        else:
            wikis = app.dry(wikis, lambda _dbname, _edit, diff: print(diff, end=""))
        left = any(list(workers.map(work, dbnames)))
    return 1 if save and left else 0


def print_pages(settings: Settings, dbnames: Sequence[str], *, docs: bool) -> int:
    """Give the wikitext of every page, each after a line that names it."""
    for dbname in dbnames:
        for want in wanted(settings, dbname, docs=docs):
            print(f"---- {dbname}: {want.title}\n{want.text}\n")
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--settings", metavar="FILE", help="the settings file (default: OABOT_SETTINGS or oabot.toml)")
    made.add_argument("--wiki", action="append", metavar="DB", help="only this wiki of the settings; may be repeated")
    made.add_argument("--docs", action="store_true", help="also the pages that tables link to")
    what = made.add_mutually_exclusive_group()
    what.add_argument("--save", action="store_true", help="save, where the settings name the wiki's approval")
    what.add_argument("--print", action="store_true", help="print all wikitext, for an admin to paste; asks no wiki")
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; returns the exit code."""
    asked = parser().parse_args(arguments)
    try:
        settings = load_settings(asked.settings)
        dbnames = asked.wiki or list(settings.wikis)
        if unknown := set(dbnames) - set(settings.wikis):
            raise ConfigError(f"not in the settings: {', '.join(sorted(unknown))}")
        if asked.print:
            return print_pages(settings, dbnames, docs=asked.docs)
        return save_or_show(settings, dbnames, docs=asked.docs, save=asked.save)
    except OabotError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2 if isinstance(error, ConfigError) else 3 if isinstance(error, Stopped) else 1


if __name__ == "__main__":
    sys.exit(main())
