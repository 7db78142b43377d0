from __future__ import annotations

import re
from pathlib import Path

from oabot.config import Settings, WikiSettings, load_settings
from oabot.rules import load

SAMPLE = Path(__file__).parents[2] / "oabot.toml.sample"
ACTORS = {"office": [], "trust_and_safety": [], "office_it": [], "staff_suffix": True, "vanish": []}


def test_the_sample_of_the_settings_loads_as_it_is() -> None:
    settings = load_settings(SAMPLE, {})

    assert {"metawiki", "ruwiki", "zhwiki"} <= set(settings.wikis)
    assert not any(wiki.approval for wiki in settings.wikis.values())


def test_what_the_sample_shows_as_left_out_is_what_holds(tmp_path: Path) -> None:
    whole = tmp_path / "oabot.toml"
    whole.write_text(re.sub(r"^#(?=\w+ = )", "", SAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE))
    written, left_out = load_settings(whole, {}), load_settings(SAMPLE, {})

    def rest(settings: Settings) -> object:  # without the invented actor, and the pace, which the flag decides
        return settings.model_dump(exclude={"actors": True, "wikis": {"metawiki": {"pace"}}})

    assert rest(written) == rest(left_out)
    assert {dbname: wiki.seconds_between_saves for dbname, wiki in written.wikis.items()} == {
        dbname: wiki.seconds_between_saves for dbname, wiki in left_out.wikis.items()
    }


def test_the_sample_names_every_setting() -> None:
    load(ACTORS)  # refuses a name that isn't one
    names = set(re.findall(r"^#?(\w+) = ", SAMPLE.read_text(encoding="utf-8"), re.MULTILINE))

    assert names == {*Settings.model_fields, *WikiSettings.model_fields, *ACTORS} - {"actors", "wikis"}
