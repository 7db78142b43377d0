"""What an administrator does to get a table, step by step on the local wikis, and where each step can be seen.

The steps and their names are those of docs/editors.md and docs/admins.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from oabot.app import App
from oabot.seams import Wiki
from scripts.farm_people import Person

Seen = Iterator[tuple[str, str]]
"""The name of a picture and the address to take it from, as soon as there is something to see."""


def steps(bot: App, dbname: str) -> Seen:
    """A new administrator of a wiki: from nothing to a table, and on Meta from a preview to an approval.

    Each step is taken when the one before has been seen.
    """
    url, wikis = bot.settings.wikis[dbname].url, bot.wikis((dbname,), save=True)
    admin, requests = Person(url, "admin"), bot.settings.page("Requests")
    table = "{{Office actions|table|since=2021-09-01}}\n{{Office actions end}}"
    page = admin.save(f"User:{admin.name}/Office actions", table)
    yield "1-region", _address(url, page, action="edit")
    form = {"action": "edit", "section": "new", "nosummary": "1", "preload": f"{requests}/preload"}
    yield "2-form", _address(url, requests, **form, **{"preloadparams[]": page})
    _ask(admin, requests, job="tables", scope="page", of=page, mode="save", reason="A new table")
    _work(bot, wikis)
    yield "3-answer", _address(url, requests)
    yield "4-table", _address(url, page)
    if dbname == bot.settings.central:
        yield from _looked_at_first(bot, wikis, admin, page)
        for name in ("Status", "Review", f"Journal/{bot.clock.now():%Y-%m}"):
            yield name.partition("/")[0].lower(), _address(url, bot.settings.page(name))


def _looked_at_first(bot: App, wikis: Mapping[str, Wiki], admin: Person, page: str) -> Seen:
    url, requests = bot.settings.wikis[bot.settings.central].url, bot.settings.page("Requests")
    admin.save(page, admin.text(page).replace("since=2021-09-01", "since=2023-01-01", 1))
    _ask(admin, requests, job="tables", scope="page", of=page, mode="preview", reason="Only the newest")
    _work(bot, wikis)
    prefix = {"list": "allpages", "apnamespace": "2", "apprefix": f"{bot.settings.account}/Preview/"}
    preview = str(admin.ask(action="query", **prefix)["query"]["allpages"][-1]["title"])
    yield "5-preview", _address(url, preview)
    _ask(Person(url, "steward"), requests, mode="approve", of=preview)
    _work(bot, wikis)
    yield "6-approved", _address(url, requests)


def _ask(person: Person, title: str, **params: str) -> None:
    call = "{{Office action request|" + "|".join(f"{name}={value}" for name, value in params.items()) + "}}"
    person.save(title, call, section="new")


def _work(bot: App, wikis: Mapping[str, Wiki]) -> None:
    """What the continuous job does with requests."""
    errands = bot.errands(bot.control(wikis))
    with bot.lease() as held:
        errands.take_in(held)
        while job := bot.ledger.inbox.take(held):
            errands.do(job, held)


def _address(url: str, title: str, **more: str) -> str:
    return f"{url}/w/index.php?{urlencode({'title': title.replace(' ', '_'), **more})}"
