"""What an administrator does to get a table, step by step on the farm, and where each step can be seen.

The steps and their names are those of docs/editors.md and docs/admins.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from oabot.app import App
from oabot.seams import Wiki
from tests.local_farm import Farm, Person

Seen = Iterator[tuple[str, str]]
"""The name of a picture and the address to take it from, as soon as there is something to see."""

_TABLE = "{{{{Office actions|table|{0}}}}}\n{{{{Office actions end}}}}"


def steps(bot: App, farm: Farm, dbname: str) -> Seen:
    """A new administrator of a wiki: from nothing to a table, and on Meta from a preview to an approval.

    Each step is taken when the one before has been seen.
    """
    admin, wikis = farm.person("admin", dbname), bot.wikis((dbname,), save=True)
    requests, page = bot.settings.page("Requests"), f"User:{admin.name}/Office actions"
    admin.edit(page, f"== Office actions ==\n{_TABLE.format('since=2021-09-01')}")
    page = str(farm.ask(dbname, action="query", titles=page)["query"]["pages"][0]["title"])
    yield "1-region", _address(farm, dbname, page, action="edit")
    yield "2-form", _form(farm, dbname, requests, page)
    _ask(admin, requests, job="tables", scope="page", of=page, mode="save", reason="A new table")
    _work(bot, wikis)
    yield "3-answer", _address(farm, dbname, requests)
    yield "4-table", _address(farm, dbname, page)
    if dbname == bot.settings.central:
        yield from _looked_at_first(bot, farm, wikis, page)
        for name in ("Status", "Review", f"Journal/{bot.clock.now():%Y-%m}"):
            yield name.partition("/")[0].lower(), _address(farm, dbname, bot.settings.page(name))


def _looked_at_first(bot: App, farm: Farm, wikis: Mapping[str, Wiki], page: str) -> Seen:
    central = bot.settings.central
    admin, requests = farm.person("admin", central), bot.settings.page("Requests")
    admin.edit(page, (farm.text(central, page) or "").replace("since=2021-09-01", "since=2023-01-01", 1))
    _ask(admin, requests, job="tables", scope="page", of=page, mode="preview", reason="Only the newest")
    _work(bot, wikis)
    prefix = {"list": "allpages", "apnamespace": "2", "apprefix": f"{bot.settings.account}/Preview/"}
    preview = str(farm.ask(central, action="query", **prefix)["query"]["allpages"][-1]["title"])
    yield "5-preview", _address(farm, central, preview)
    _ask(farm.person("steward", central), requests, mode="approve", of=preview)
    _work(bot, wikis)
    yield "6-approved", _address(farm, central, requests)


def _ask(person: Person, title: str, **params: str) -> None:
    call = "{{Office action request|" + "|".join(f"{name}={value}" for name, value in params.items()) + "}}"
    person.post(action="edit", title=title, section="new", text=call)


def _work(bot: App, wikis: Mapping[str, Wiki]) -> None:
    """What the continuous job does with requests."""
    errands = bot.errands(bot.control(wikis))
    with bot.lease() as held:
        errands.take_in(held)
        while job := bot.ledger.inbox.take(held):
            errands.do(job, held)


def _form(farm: Farm, dbname: str, requests: str, page: str) -> str:
    """The form behind the link above a table."""
    form = {"action": "edit", "section": "new", "nosummary": "1", "preload": f"{requests}/preload"}
    return _address(farm, dbname, requests, **form, **{"preloadparams[]": page})


def _address(farm: Farm, dbname: str, title: str, **more: str) -> str:
    return f"{farm.url(dbname)}/w/index.php?{urlencode({'title': title.replace(' ', '_'), **more})}"
