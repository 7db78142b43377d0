"""A lane in a small world: the program's parts as the continuous job has them, without threads and processes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from oabot import communityconfig, rules
from oabot.clock import EndingClock
from oabot.config import Settings
from oabot.contents import Contents
from oabot.control import Control
from oabot.errands import Errands
from oabot.health import Alarm, Heartbeat
from oabot.ingest import Ingest
from oabot.interest import Topic, Wake
from oabot.known import Known
from oabot.ledger import JobState, Ledger
from oabot.model import EntryId
from oabot.pipeline import Pipeline
from oabot.requestedruns import RequestedRuns
from oabot.rules import Rules
from oabot.scheduler.intake import Intake
from oabot.scheduler.lane import Lane
from oabot.scheduler.turn import Turn
from oabot.seams import Wiki
from oabot.sources.api import Api
from oabot.sources.eventstream import Heard
from oabot.sources.logevents import LogEvents
from oabot.timestamps import parse_timestamp
from tests.world import World

LOCKED = "2022-12-31T23:00:00Z"


class Bot:
    """The program's parts, in a world."""

    statement_pages = ()
    secrets = ()
    agent = "oabot/test (test@example.org)"

    def __init__(self, world: World) -> None:
        self.world = world
        self.made = 0
        self.runs = 0

    @property
    def settings(self) -> Settings:
        return self.world.settings

    @property
    def clock(self) -> EndingClock:
        return self.world.clock

    @property
    def rules(self) -> Rules:
        return self.world.rules

    @property
    def rules_in_force(self) -> Rules:
        onwiki = communityconfig.kept(self.ledger).onwiki
        return rules.load(onwiki.actors) if onwiki and onwiki.actors else self.rules

    @property
    def ledger(self) -> Ledger:
        return self.world.ledger

    def known(self) -> Known:
        return self.pipeline({}).contents.known()

    def pipeline(self, wikis: Mapping[str, Wiki]) -> Pipeline:
        sources = {
            dbname: LogEvents(Api(logs.url, dbname, self.agent, self.clock)) for dbname, logs in self.world.logs.items()
        }
        ingest = Ingest(sources, self.ledger, self.rules, self.clock, self.settings.central)
        contents = Contents(self.settings, self.rules, self.ledger, ingest, self.clock)
        return Pipeline(contents, self.ledger, ingest, wikis, self.clock)

    def control(self, wikis: Mapping[str, Wiki]) -> Control:
        return Control(self.settings, wikis, self.ledger, self.clock, lambda over, _settings, _: self.pipeline(over))

    def errands(self, control: Control) -> Errands:
        return Errands(control, RequestedRuns(control, self.new_run), self.new_run)

    def wikis(self, *, save: bool) -> Mapping[str, Wiki]:
        self.made += 1
        return self.world.wikis

    def new_run(self) -> str:
        self.runs += 1
        return f"run-{self.runs}"


class Stage:
    """A lane in a world, and all that it told."""

    def __init__(self, world: World, folder: Path) -> None:
        self.world = world
        self.bot = Bot(world)
        self.mails: list[str] = []
        self.mail_works = True
        self.turn = Turn(world.ledger)
        self.intake = Intake(world.ledger, world.clock, lambda: None)
        alarm = Alarm(self.mail, world.clock)
        self.lane = Lane(self.bot, self.turn, self.intake, Heartbeat(str(folder / "beat"), world.clock), alarm)

    def mail(self, subject: str, _: str) -> bool:
        self.mails.append(subject)
        return self.mail_works

    def wake(self, logid: int, when: str = LOCKED, log_type: str = "globalauth") -> None:
        entry = EntryId("metawiki", logid)
        wake = Wake(Topic.LOG, "metawiki", f"event-{logid}", (entry,), log_type, parse_timestamp(when))
        self.intake.take(Heard((wake,), f"position-{logid}"))

    def states(self) -> list[str]:
        return [job.state.value for job in self.world.ledger.inbox.in_state(*JobState)]
