"""The farm behaves as the wikis that it stands for; every other test of the edit path trusts it."""

import socket
import subprocess
from pathlib import Path

import pytest

from tests.local_farm import ROOT, Farm, Refused

LOCKED_2021 = 42911031
HIDDEN = {"action": 46411000, "comment": 46411007, "performer": 46411014, "all": 46411021}
PAGE = "User:OATransparencyBot/Office actions"


def row(farm: Farm, logid: int, dbname: str = "metawiki") -> dict[str, object]:
    return next(row for row in farm.log(dbname) if row["logid"] == logid)


def test_every_wiki_of_the_table_answers_as_itself(farm: Farm) -> None:
    names = {
        dbname: farm.ask(dbname, action="query", meta="siteinfo")["query"]["general"]["wikiid"] for dbname in farm.wikis
    }

    assert names == {dbname: dbname for dbname in farm.wikis}
    assert set(names) >= {"metawiki", "ruwiki", "zhwiki", "commonswiki", "fawiki", "bnwiki"}


def test_every_wiki_is_in_its_own_language(farm: Farm) -> None:
    spoken = {
        dbname: farm.ask(dbname, action="query", meta="siteinfo")["query"]["general"]["lang"] for dbname in farm.wikis
    }

    assert spoken == {dbname: wiki["lang"] for dbname, wiki in farm.wikis.items()}


def test_a_lock_of_2021_has_legacy_params_and_its_real_time(fresh_farm: Farm) -> None:
    lock = row(fresh_farm, LOCKED_2021)

    assert lock["params"] == {"0": "locked", "1": "(none)"}
    assert lock["timestamp"] == "2021-09-13T16:13:04Z"
    assert lock["title"] == "User:示例甲@global"


def test_a_lock_of_2022_has_the_params_of_today(fresh_farm: Farm) -> None:
    locks = [row for row in fresh_farm.log("metawiki", letype="globalauth") if "2022-12-06" in row["timestamp"]]

    assert len(locks) == 16
    assert all(lock["params"] == {"added": ["locked"], "removed": []} for lock in locks)


def test_the_september_2021_batch_is_whole(fresh_farm: Farm) -> None:
    day = {"lestart": "2021-09-13T23:59:59Z", "leend": "2021-09-13T00:00:00Z", "leuser": "WMFOffice"}
    locks = fresh_farm.log("metawiki", letype="globalauth", **day)
    removals = fresh_farm.log("metawiki", letype="rights", **day)

    assert [lock["timestamp"][:16] for lock in locks] == ["2021-09-13T16:13"] * 10
    assert len(removals) == 12
    assert {str(removal["title"]).rpartition("@")[2] for removal in removals} == {
        "zhwiki",
        "zhwikiversity",
        "zhwikivoyage",
        "zh classicalwiki",  # a log title has spaces where a dbname has underscores
    }


@pytest.mark.parametrize(
    ("what", "flags", "gone"),
    [
        ("action", {"actionhidden"}, {"title", "ns", "params"}),
        ("comment", {"commenthidden"}, {"comment"}),
        ("performer", {"userhidden"}, {"user", "userid"}),
        (
            "all",
            {"actionhidden", "commenthidden", "userhidden", "suppressed"},
            {"title", "ns", "params", "comment", "user", "userid"},
        ),
    ],
)
def test_a_hidden_row_shows_its_flags_and_nothing_more(
    fresh_farm: Farm, what: str, flags: set[str], gone: set[str]
) -> None:
    hidden = row(fresh_farm, HIDDEN[what])

    assert {key for key in hidden if key.endswith("hidden") or key == "suppressed"} == flags
    assert gone.isdisjoint(hidden)


def test_a_row_that_an_admin_hides_loses_its_target_and_leaves_a_trace(fresh_farm: Farm) -> None:
    fresh_farm.person("admin", "metawiki").hide_entry(LOCKED_2021, "content")

    assert "title" not in row(fresh_farm, LOCKED_2021)
    assert fresh_farm.log("metawiki", letitle="User:示例甲@global") == []
    assert fresh_farm.log("metawiki", leaction="delete/event")[0]["params"]["ids"] == [LOCKED_2021]


def test_an_oversighter_hides_a_row_without_a_public_trace(fresh_farm: Farm) -> None:
    fresh_farm.person("oversighter", "metawiki").hide_entry(LOCKED_2021, suppress="yes")

    assert row(fresh_farm, LOCKED_2021)["suppressed"] is True
    assert fresh_farm.log("metawiki", leaction="delete/event") == []


def test_removing_rights_across_wikis_works_there_and_is_logged_on_meta_only(fresh_farm: Farm) -> None:
    asked = {"action": "query", "list": "users", "ususers": "示例现任", "usprop": "groups"}
    before = fresh_farm.ask("zhwiki", **asked)["query"]["users"][0]["groups"]
    fresh_farm.person("office", "metawiki").rights("示例现任@zhwiki", remove="sysop|bureaucrat", reason="office action")
    after = fresh_farm.ask("zhwiki", **asked)["query"]["users"][0]["groups"]
    newest = fresh_farm.log("metawiki", letype="rights")[0]

    assert {"sysop", "bureaucrat"} <= set(before)
    assert {"sysop", "bureaucrat"}.isdisjoint(after)
    assert (newest["title"], newest["user"]) == ("User:示例现任@zhwiki", "WMFOffice")
    assert newest["params"]["newgroups"] == []
    assert fresh_farm.log("zhwiki", letype="rights") == []


def test_rights_are_not_changed_by_somebody_without_the_right(fresh_farm: Farm) -> None:
    user = fresh_farm.person("user", "metawiki")
    changed = user.rights("FarmAdmin", remove="sysop")
    with pytest.raises(Refused) as refused:
        user.rights("示例现任@zhwiki", remove="sysop")

    assert changed["removed"] == []
    assert refused.value.code == "nointerwikiuserrights"


def test_a_new_row_comes_after_the_seeded_ones(fresh_farm: Farm) -> None:
    newest = max(row["logid"] for row in fresh_farm.log("ruwiki"))
    fresh_farm.person("admin", "ruwiki").block("Ordinary Example", expiry="1 day", reason="проверка")

    assert fresh_farm.log("ruwiki")[0]["logid"] > newest


def test_a_read_only_wiki_says_why_and_is_still_read(fresh_farm: Farm) -> None:
    admin = fresh_farm.person("admin", "ruwiki")
    admin.edit("Проверка", "раз")
    fresh_farm.control("ruwiki", "readonly", "Maintenance until noon")
    with pytest.raises(Refused) as refused:
        admin.edit("Проверка", "два")

    assert refused.value.code == "readonly"
    assert refused.value.error["readonlyreason"] == "Maintenance until noon"
    assert fresh_farm.text("ruwiki", "Проверка") == "раз"
    fresh_farm.control("ruwiki", "readonly", None)
    assert admin.edit("Проверка", "два") > 0


def test_lag_is_what_the_control_file_says(fresh_farm: Farm) -> None:
    fresh_farm.control("zhwiki", "maxlag", "12")
    with pytest.raises(Refused) as refused:
        fresh_farm.ask("zhwiki", action="query", maxlag="5")

    assert (refused.value.code, refused.value.error["lag"]) == ("maxlag", 12)
    assert fresh_farm.ask("metawiki", action="query", maxlag="5") == {"batchcomplete": True}


def test_a_rate_limit_is_what_the_control_file_says(fresh_farm: Farm) -> None:
    user = fresh_farm.person("user", "fawiki")
    fresh_farm.control("fawiki", "php", "<?php $wgMainCacheType = CACHE_DB; $wgRateLimits['edit']['user'] = [ 1, 60 ];")
    user.edit("Sandbox", "one")
    with pytest.raises(Refused) as refused:
        user.edit("Sandbox", "two")

    assert refused.value.code == "ratelimited"


def test_the_pages_of_the_set_up_are_found_by_their_template(fresh_farm: Farm) -> None:
    asked = {"action": "query", "list": "embeddedin", "eititle": "Template:Office actions"}
    found = {
        dbname: {page["title"].rpartition("/")[2] for page in fresh_farm.ask(dbname, **asked)["query"]["embeddedin"]}
        for dbname in fresh_farm.wikis
    }

    assert found == {
        "metawiki": {"Office actions", "Statements", "Letters", "Summary"},
        "ruwiki": {"Office actions", "Letters"},
        "zhwiki": {"Office actions"},
        "fawiki": {"Office actions"},
        "bnwiki": {"Office actions", "Notice"},
        "commonswiki": set(),
    }


def test_the_shortcut_leads_to_the_statement_with_its_correction(fresh_farm: Farm) -> None:
    page = fresh_farm.ask(
        "metawiki", action="parse", page="OA2021", redirects="1", prop="sections", disablelimitreport="1"
    )["parse"]

    assert page["title"] == "Office actions/September 2021 statement"
    assert page["sections"][-1]["line"] == "Updated Office Action on User 示例癸"


def test_a_reset_puts_the_seed_back_and_ends_all_steering(fresh_farm: Farm) -> None:
    seeded = fresh_farm.text("ruwiki", PAGE)
    rows = fresh_farm.log("ruwiki")
    admin = fresh_farm.person("admin", "ruwiki")
    admin.edit(PAGE, "something else")
    admin.block("Ordinary Example")
    fresh_farm.control("ruwiki", "readonly", "Maintenance")
    fresh_farm.reset()

    assert fresh_farm.text("ruwiki", PAGE) == seeded
    assert fresh_farm.log("ruwiki") == rows
    assert fresh_farm.person("admin", "ruwiki").edit("Проверка", "раз") > 0


def test_the_bundled_rows_are_those_that_the_seed_serves(fresh_farm: Farm) -> None:
    made = subprocess.run([ROOT / "farm/rows.py"], env=fresh_farm.environment, check=True, capture_output=True).stdout

    assert made == (ROOT / "farm/rows.jsonl").read_bytes()


def test_starting_twice_starts_nothing_more(farm: Farm) -> None:
    before = farm.do("status")
    farm.do("start")

    assert farm.do("status") == before


def test_a_stopped_farm_frees_its_ports_and_comes_back(farm: Farm) -> None:
    farm.do("stop")
    for wiki in farm.wikis.values():  # a worker that was left behind would still listen
        socket.create_server(("127.0.0.1", farm.port + wiki["offset"])).close()
    silent = farm.do("status")
    farm.do("start")

    assert silent.count("stopped") == len(farm.wikis) + 1  # and the stream
    assert farm.do("status").count("answers") == len(farm.wikis) + 1  # and the stream


def test_a_taken_port_is_named_and_nothing_is_started(farm: Farm) -> None:
    farm.do("stop")
    with socket.create_server(("127.0.0.1", farm.port + 3)), pytest.raises(subprocess.CalledProcessError) as failed:
        farm.do("start")
    silent = farm.do("status")
    farm.do("start")

    assert failed.value.returncode == 2
    assert f"Port {farm.port + 3} is taken" in failed.value.stderr
    assert silent.count("stopped") == len(farm.wikis) + 1  # and the stream


def test_a_folder_that_is_no_farm_is_not_built_over(farm: Farm, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(subprocess.CalledProcessError) as failed:
        Farm(tmp_path, farm.port + 8).do("build")

    assert failed.value.returncode == 2
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("arguments", [[], ["destroy"], ["start", "again"]])
def test_an_unknown_verb_is_answered_with_the_known_ones(arguments: list[str]) -> None:
    done = subprocess.run([ROOT / "farm/farm.py", *arguments], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "farm.py build" in done.stderr
