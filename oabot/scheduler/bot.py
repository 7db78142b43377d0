"""What the scheduler needs of the program, and the wikis as it needs them: not before there is something to save."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

from oabot.clock import EndingClock
from oabot.config import Settings
from oabot.interest import Interest, Topic
from oabot.known import Known
from oabot.ledger import Ledger
from oabot.rules import Rules
from oabot.seams import Wiki
from oabot.targetlogs import titles

if TYPE_CHECKING:
    from oabot.control import Control
    from oabot.errands import Errands
    from oabot.pipeline import Pipeline


class Bot(Protocol):
    """The parts of one process."""

    @property
    def settings(self) -> Settings:
        """The operator's settings."""
        ...

    @property
    def clock(self) -> EndingClock:
        """The clock that everything goes by."""
        ...

    @property
    def rules(self) -> Rules:
        """The rules and the operator's actors."""
        ...

    @property
    def rules_in_force(self) -> Rules:
        """The rules with the community's actors, if it names any. Raises: `LedgerError`."""
        ...

    @property
    def ledger(self) -> Ledger:
        """The database."""
        ...

    @property
    def agent(self) -> str:
        """Our User-Agent."""
        ...

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that must not get out."""
        ...

    @property
    def statement_pages(self) -> tuple[str, ...]:
        """Titles on the central wiki of the statements that we follow."""
        ...

    def known(self) -> Known:
        """All that the ledger holds, judged as the community last wanted it. Raises: `LedgerError`."""
        ...

    def pipeline(self, wikis: Mapping[str, Wiki]) -> Pipeline:
        """The pipeline over these wikis."""
        ...

    def control(self, wikis: Mapping[str, Wiki]) -> Control:
        """What people want of runs on these wikis."""
        ...

    def errands(self, control: Control) -> Errands:
        """What people ask for on-wiki."""
        ...

    def wikis(self, *, save: bool) -> Mapping[str, Wiki]:
        """The wikis with our account."""
        ...

    def new_run(self) -> str:
        """An id for a run."""
        ...


class LateWikis(Mapping[str, Wiki]):
    """Wikis that are made with the first use of one: making them loads Pywikibot."""

    def __init__(self, names: tuple[str, ...], make: Callable[[], Mapping[str, Wiki]]) -> None:
        self._names, self._make = names, make
        self._lock = threading.Lock()
        self._wikis: Mapping[str, Wiki] | None = None

    @property
    def _made(self) -> Mapping[str, Wiki]:
        with self._lock:  # two sets would be two sessions; `cached_property` has no lock since Python 3.12
            if self._wikis is None:
                self._wikis = self._make()
            return self._wikis

    def __getitem__(self, name: str) -> Wiki:
        if name not in self._names:
            raise KeyError(name)
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def interest(bot: Bot, known: Known | None) -> Interest:
    """What is of interest now; without what is known, what is so in any case. Raises: `LedgerError`."""
    settings = bot.settings
    followed = {(settings.central, title): Topic.STATEMENT for title in bot.statement_pages}
    wikis = frozenset(settings.wikis)
    if known is None:
        return Interest(settings.account, wikis, bot.rules.actors, pages=followed)
    kept = {(page.wiki, page.title): Topic.REGION for page in bot.ledger.publications.all_latest()}
    return Interest(
        account=settings.account,
        wikis=wikis,
        actors=bot.rules_in_force.actors,
        targets=frozenset(titles(known.entries, known.judgements, settings.central)),
        entries=frozenset(entry.id for entry in known.entries),
        pages={**followed, **kept},
    )
