"""The doctor: green on a farm that is well, and red on the line whose cause is planted."""

import re
from collections.abc import Callable, Iterator, Mapping

import pytest

from tests.local_bot import Bot
from tests.local_farm import Farm

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def healthy(farm: Farm, tmp_path_factory: pytest.TempPathFactory) -> Bot:
    """A bot for which all is well."""
    return Bot(farm, tmp_path_factory.mktemp("bot"), fresh=True)


@pytest.fixture
def bot(farm: Farm, healthy: Bot) -> Iterator[Bot]:
    """The same; what a test plants beside a wiki's pages and accounts ends with it."""
    settings, environment = healthy.settings.read_text(encoding="utf-8"), dict(healthy.environment)
    yield healthy
    healthy.settings.write_text(settings, encoding="utf-8")
    healthy.environment = environment
    for control in (farm.state / "ctl").iterdir():
        control.unlink()


def lines(bot: Bot, code: int, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """What the doctor says, by what it looked at."""
    said = bot.run("doctor", code=code, environment=environment).stdout
    return {line[5:].partition(":")[0]: line for line in said.splitlines()}


def setting(bot: Bot, pattern: str, value: str) -> None:
    """Change a line of the settings."""
    text, found = re.subn(pattern, lambda _: value, bot.settings.read_text(encoding="utf-8"), count=1)
    assert found
    bot.settings.write_text(text, encoding="utf-8")


def test_all_is_green_where_all_is_well(bot: Bot) -> None:
    found = lines(bot, 0)

    assert not [line for line in found.values() if line.startswith("red")]
    assert {"settings", "contact", "credentials", "approval", "database", "lease", "stream"} <= set(found)
    assert {"metawiki", "metawiki account", "metawiki stop page", "bnwiki stop page"} <= set(found)


def test_a_database_that_was_just_made_is_said_to_be_new(bot: Bot) -> None:
    setting(bot, r'database = ".*"', f'database = "sqlite:///{bot.folder}/new.sqlite"')

    assert "made new" in lines(bot, 0)["database"]
    assert "made new" not in lines(bot, 0)["database"]


def _no_password(farm: Farm, bot: Bot) -> None:
    del bot.environment["OABOT_BOT_PASSWORD"]


def _wrong_password(farm: Farm, bot: Bot) -> None:
    bot.environment["OABOT_BOT_PASSWORD"] = "OATransparencyBot@oabot:another0password0of0no0use0here"


def _no_contact(farm: Farm, bot: Bot) -> None:
    setting(bot, r'contact = ".*"', 'contact = ""')


def _no_database(farm: Farm, bot: Bot) -> None:
    setting(bot, r'database = ".*"', 'database = "sqlite:////proc/nowhere/oabot.sqlite"')


def _no_stream(farm: Farm, bot: Bot) -> None:
    farm.control("stream", "refuse", "503")


def _another_wiki(farm: Farm, bot: Bot) -> None:
    setting(bot, re.escape(farm.url("ruwiki")), farm.url("zhwiki"))


def _wiki_down(farm: Farm, bot: Bot) -> None:
    farm.control("ruwiki", "php", "<?php http_response_code( 403 ); exit;")


def _dangerous(farm: Farm, bot: Bot) -> None:
    farm.control("ruwiki", "php", "<?php $wgGroupPermissions['bot']['editinterface'] = true;"
                 "$wgGrantPermissions['editpage']['editinterface'] = true;")  # fmt: skip


def _no_grant_for_json(farm: Farm, bot: Bot) -> None:
    farm.control("metawiki", "php", "<?php $wgGrantPermissions['editmycssjs']['editmyuserjson'] = false;")


def _may_not_edit(farm: Farm, bot: Bot) -> None:
    farm.control("ruwiki", "php", "<?php $wgRevokePermissions['bot']['edit'] = true;")


def _stop_page_unreadable(farm: Farm, bot: Bot) -> None:
    farm.control("ruwiki", "php", "<?php if ( str_ends_with( $_REQUEST['titles'] ?? '', '/Run' ) ) {"
                 " http_response_code( 403 ); exit; }")  # fmt: skip


def _another_account(farm: Farm, bot: Bot) -> None:
    setting(bot, r'account = ".*"', 'account = "oATransparencyBot"')


def _no_flag(farm: Farm, bot: Bot) -> None:
    farm.person("admin", "ruwiki").rights("OATransparencyBot", remove="bot")


def _blocked(farm: Farm, bot: Bot) -> None:
    farm.person("admin", "ruwiki").block("OATransparencyBot")


def _stopped(farm: Farm, bot: Bot) -> None:
    farm.person("user", "ruwiki").edit("User:OATransparencyBot/Run", "stop")


def _not_set_up(farm: Farm, bot: Bot) -> None:
    farm.person("admin", "ruwiki").delete("User:OATransparencyBot/Run")


CAUSES: list[tuple[str, Callable[[Farm, Bot], None], str]] = [
    ("credentials", _no_password, "OABOT_BOT_PASSWORD"),
    ("metawiki account", _wrong_password, "password"),
    ("contact", _no_contact, "contact"),
    ("database", _no_database, "written"),
    ("stream", _no_stream, "503"),
    ("ruwiki", _another_wiki, "url"),
    ("ruwiki", _wiki_down, "403"),
    ("ruwiki account", _dangerous, "editinterface"),
    ("ruwiki account", _may_not_edit, "may not edit"),
    ("ruwiki account", _another_account, "another account"),
    ("metawiki account", _no_grant_for_json, "Data.json"),
    ("ruwiki stop page", _stop_page_unreadable, "403"),
]

# What stays on a wiki.
LASTING = [
    ("ruwiki account", _no_flag, "flag"),
    ("ruwiki account", _blocked, "blocked"),
    ("ruwiki stop page", _stopped, "stops"),
    ("ruwiki stop page", _not_set_up, "missing"),
]


@pytest.mark.parametrize(
    ("what", "plant", "word"), [*CAUSES, *LASTING], ids=[plant.__name__[1:] for _, plant, _ in [*CAUSES, *LASTING]]
)
def test_a_planted_cause_makes_its_line_red_and_says_what_to_do(
    farm: Farm, bot: Bot, what: str, plant: Callable[[Farm, Bot], None], word: str
) -> None:
    plant(farm, bot)
    line = lines(bot, 1)[what]
    if (what, plant, word) in LASTING:
        farm.reset()

    assert line.startswith("red ")
    assert " -> " in line
    assert word in line
    assert bot.secret not in line


def test_a_clock_that_is_off_is_red(farm: Farm, bot: Bot) -> None:
    farm.control(
        "ruwiki", "php", "<?php $wgHooks['APIAfterExecute'][] = static function ( $module ) {"
        " $module->getResult()->addValue( null, 'curtimestamp', '2001-01-01T00:00:00Z', 9 ); };",
    )  # fmt: skip
    line = lines(bot, 1)["ruwiki clock"]

    assert line.startswith("red ")


def test_with_rights_that_it_must_not_have_it_refuses_to_save(farm: Farm, bot: Bot) -> None:
    _dangerous(farm, bot)
    refused = bot.run("once", "tables", "--wiki", "ruwiki", "--save", code=2).stderr
    title = "User:OATransparencyBot/Office actions"

    assert "rights that it must not have: editinterface" in refused
    assert farm.text("ruwiki", title) is None or "{|" not in str(farm.text("ruwiki", title))


def test_status_tells_of_runs_and_of_who_runs(bot: Bot) -> None:
    bot.run("once", "tables", "--save")
    said = bot.run("status").stdout

    assert "bot          not running" in said
    assert "ledger" in said
