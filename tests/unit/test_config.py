"""The operator's settings and the community's config: what is allowed, and how a mistake is told."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from oabot.config import OnWikiConfig, load_settings, read_onwiki
from oabot.config.settings import credentials
from oabot.errors import ConfigError

DOCS = Path(__file__).parents[2] / "docs"


def test_without_a_file_the_settings_are_for_meta(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    settings = load_settings(environment={})

    assert list(settings.wikis) == ["metawiki"]
    assert settings.wikis["metawiki"].api == "https://meta.wikimedia.org/w/api.php"
    assert not settings.wikis["metawiki"].approval


def test_the_environment_goes_over_the_file(tmp_path: Path) -> None:
    file = tmp_path / "oabot.toml"
    file.write_text('account = "ExampleBot"\ncontact = "a@example.org"\n[wikis.metawiki]\n', encoding="utf-8")

    settings = load_settings(file, {"OABOT_CONTACT": "b@example.org"})

    assert (settings.account, settings.contact) == ("ExampleBot", "b@example.org")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("accont = 'x'", "accont"),
        ("[wikis.metawiki]\nlanguge = 'en'", "wikis.metawiki.languge"),
        ("[wikis.nowiki_at_all_x9]", "nowiki_at_all_x9"),
        ("settle_hours = -1", "settle_hours"),
        ("[wikis.ruwiki]", "metawiki is missing"),
        ("[actors]\noffice = 'WMFOffice'", "actors.office"),
        ("[actors]\nofice = []", "ofice"),
        ("database = 'mysql+pymysql://tools.db.svc.wikimedia.cloud/s1__actions_p'", "ends in _p"),
        ("[", "oabot.toml"),
    ],
)
def test_a_mistake_in_the_settings_is_told_by_its_key(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "oabot.toml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError, match=told):
        load_settings(file, {})


def test_a_settings_file_that_is_not_there_is_told_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        load_settings(tmp_path / "nowhere.toml", {})


def test_credentials_come_from_the_environment_and_are_never_shown() -> None:
    found = credentials({"OABOT_BOT_PASSWORD": "ExampleBot@oabot:canary-secret"})

    assert (found.bot_password_name, found.bot_password) == ("ExampleBot@oabot", "canary-secret")
    assert "canary" not in repr(found)
    assert "canary" not in str(found)


@pytest.mark.parametrize(
    "environment",
    [{}, {"OABOT_BOT_PASSWORD": "no colon"}, {"OABOT_OAUTH_CONSUMER_KEY": "canary-secret"}],
)
def test_missing_or_half_credentials_are_told_without_their_values(environment: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as raised:
        credentials(environment)

    assert "canary" not in str(raised.value)
    assert "OABOT_" in str(raised.value)


def test_an_empty_config_is_a_config() -> None:
    assert read_onwiki("{}").limits.requests_per_person_hour == 3


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1"),
        ('{\n "wikis": {,}\n}', "line 2"),
        ('{"wikis": {"ruwiki": {"approval": "x", "aproval": "y"}}}', "wikis.ruwiki.aproval"),
        ('{\n\n"settle_hours": "6"}', r"settle_hours \(line 3\)"),
        ('{"settle_hours": 1, "settle_hours": 2}', "stands twice"),
        ('{"settle_hours": NaN}', "NaN"),
        ('{"actors": {"office": 1}}', "actors.office"),
        ('{"wikis": {"RU": {"approval": "x"}}}', "wikis.RU"),
        ("[" * 60_000, "nested"),
        ("[" * 9 + "]" * 9, "nested"),
        (json.dumps({"comment": "x" * 70_000}), "larger"),
        ('{"limits": {"requests_per_day": 100000}}', "limits.requests_per_day"),
        ("[]", "the config"),
        ('{"settle_hours": ' + "9" * 5000 + "}", "too long"),
        (
            '{"actors": {"office": [{"name": "A", "from": "2022-01-01", "to": "2021-01-01"}]}}',
            r"office\[0\]: .* before",
        ),
    ],
)
def test_a_mistake_in_the_config_is_told_by_key_or_line(text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        read_onwiki(text)


def test_the_config_of_the_communities_is_read() -> None:
    text = json.dumps(
        {
            "wikis": {"ruwiki": {"approval": "https://ru.example/wiki/A", "drafts": ["ru"]}},
            "actors": {"office": [{"name": "WMFOffice", "from": "2010-01-01"}], "staff_suffix": True},
            "statements": [{"page": "Office actions/September 2021 statement", "expected": {"users": 7}}],
            "settle_hours": 12,
        }
    )

    config = read_onwiki(text)

    assert config.wikis["ruwiki"].drafts == ("ru",)
    assert config.statements[0].expected is not None
    assert config.settle_hours == 12


def test_the_published_schema_of_the_config_is_the_one_it_is_checked_by() -> None:
    published = json.loads((DOCS / "config.schema.json").read_text(encoding="utf-8"))

    assert published == OnWikiConfig.model_json_schema()


def test_the_config_in_the_documentation_can_be_used() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", (DOCS / "admins.md").read_text(encoding="utf-8"), re.DOTALL)

    config = read_onwiki(example)

    assert config.model_fields_set == set(OnWikiConfig.model_fields) - {"comment", "committee"}
