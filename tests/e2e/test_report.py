"""The report in a real browser: on a desk and a telephone, both ways round, by day and by night, without scripts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from oabot.exports.report import report
from oabot.i18n import language
from scripts.golden_pages import material
from tests.local_farm import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MATERIAL = material()


@dataclass(frozen=True, slots=True)
class Node:
    """Programs of tests/npm, with what they need beside them."""

    folder: Path

    def run(self, program: str, *arguments: str, given: str = "") -> Any:  # noqa: ANN401 - any JSON
        command = ["node", str(self.folder / program), *arguments]
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Node:
    folder = tmp_path_factory.mktemp("npm")
    shutil.copytree(ROOT / "tests/npm", folder, dirs_exist_ok=True)
    missing = [program for program in ("node", "npm", "chromium") if shutil.which(program) is None]
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
    done = None if missing else subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done is None or done.returncode:
        why = f"missing: {', '.join(missing)}" if done is None else done.stderr
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    return Node(folder)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The address of the report in each language; the Russian one has names."""
    found = {}
    for lang in ("en", "fa", "ru", "zh"):
        folder = tmp_path_factory.mktemp(lang)
        for name, text in report(MATERIAL, language(lang, {lang}), names=lang == "ru").items():
            (folder / name).write_text(text, encoding="utf-8", newline="")
        found[lang] = (folder / "index.html").as_uri()
    return found


def test_no_reader_meets_a_serious_fault(node: Node, pages: dict[str, str]) -> None:
    visits = [
        {"url": url, "width": width, "dark": dark}
        for url in pages.values()
        for width in (1200, 360)
        for dark in (False, True)
    ]
    seen = node.run("look.mjs", given=json.dumps(visits))

    assert [one["violations"] for one in seen] == [[]] * len(visits)
    assert [one["errors"] for one in seen] == [[]] * len(visits)
    assert [one["asked"] for one in seen] == [[]] * len(visits)
    assert not any(one["overflows"] for one in seen)
    assert {(visit["dark"], one["background"]) for visit, one in zip(visits, seen, strict=True)} == {
        (False, "rgb(255, 255, 255)"),
        (True, "rgb(16, 20, 24)"),
    }


def test_the_search_leaves_the_rows_with_all_its_words(node: Node, pages: dict[str, str]) -> None:
    words = ["", "dmca", "DMCA reversed", "no such row"]
    seen = node.run("look.mjs", given=json.dumps([{"url": pages["en"], "width": 1200, "type": one} for one in words]))

    assert [one["rows"] for one in seen] == [len(MATERIAL.cases), 2, 1, 0]
    assert [one["said"] for one in seen] == [f"{len(MATERIAL.cases)} rows", "2 rows", "1 row", "0 rows"]


def test_without_scripts_every_row_is_there_and_no_search_that_would_do_nothing(
    node: Node, pages: dict[str, str]
) -> None:
    (seen,) = node.run("look.mjs", given=json.dumps([{"url": pages["fa"], "width": 360, "scripts": False}]))

    assert seen["rows"] == len(MATERIAL.cases)
    assert not seen["search"]


def test_the_data_page_is_valid_by_its_published_schema(node: Node, tmp_path: Path) -> None:
    data = report(MATERIAL, language("en"))["data.json"]
    (tmp_path / "data.json").write_text(data, encoding="utf-8")
    (tmp_path / "broken.json").write_text(data.replace('"in force"', '"banned"', 1), encoding="utf-8")
    schema = str(ROOT / "docs/data.schema.json")

    assert node.run("validate.mjs", schema, str(tmp_path / "data.json")) == []
    assert node.run("validate.mjs", schema, str(tmp_path / "broken.json")) != []
