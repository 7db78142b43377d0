"""The documents say what is so; nothing that was committed tells of a machine, a registry or a secret."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
# A block to be run: "$ " begins a command; a line after it has to be in its output, in order; "..." is any lines.
RUNNABLE = re.compile(r"^<!-- run -->\n```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# Written so that no pattern matches itself.
MACHINE_PATH = re.compile(r"(?<![\w./:*-])/(?:work|root|opt|mnt|home/(?!TOOL))/[\w.-]+")
REGISTRY = re.compile(
    r"pypi[.]org|pythonhosted[.]org|deb[.]debian[.]org|registry[.]npmjs|extra-index[-]url", re.IGNORECASE
)
SECRET = re.compile(
    r"""-----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY
      | (?:password|secret|token|api_?key)["']?\s*[:=]\s*["'](?!loopback)(?=[^"']*[0-9])(?=[^"']*[a-z])
        [A-Za-z0-9+/]{20,}["']
      | \bgh[pousr]_[A-Za-z0-9]{30,} | \bglpat-[\w-]{20,} | \bAKIA[0-9A-Z]{16}\b""",
    re.VERBOSE | re.IGNORECASE,
)


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [path for name in listed.split("\0") if name and (path := ROOT / name).is_file()]


def documents() -> list[Path]:
    return [path for path in committed() if path.suffix == ".md"]


def anchors(text: str) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    return set(re.findall(r'<a id="([^"]+)">', text)) | {
        re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles
    }


def broken_links(document: Path) -> list[str]:
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", document.read_text())):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (document.parent / name) if name else document
        if not target.exists() or (anchor and anchor not in anchors(target.read_text())):
            broken.append(link)
    return broken


def found(pattern: re.Pattern[str]) -> list[str]:
    places = []
    for path in committed():
        text = path.read_bytes().decode("utf-8", "replace")
        places += [f"{path.relative_to(ROOT)}: {hit[0][:60]}" for hit in pattern.finditer(text)]
    return places


def test_every_link_between_the_documents_leads_somewhere() -> None:
    assert {str(document.relative_to(ROOT)): broken_links(document) for document in documents()} == {
        str(document.relative_to(ROOT)): [] for document in documents()
    }


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A title, here\n[a](page.md) [b](#a-title-here) [c](gone.md) [d](page.md#gone) [e](https://x.example)\n"
    )

    assert broken_links(page) == ["gone.md", "page.md#gone"]


def missing_places(text: str) -> list[str]:
    """The paths in a document's code spans that aren't there, and the names after modules that those don't define."""
    missing = [path for path in re.findall(r"`((?:oabot|scripts|tests|farm|docs)/[\w./-]+)`", text)
               if not (ROOT / path).exists()]  # fmt: skip
    for path, name in re.findall(r"`(oabot/[\w/]+\.py)` `([\w.]+)`", text):
        found: Sequence[ast.AST] = [ast.parse((ROOT / path).read_text())]
        for part in name.split("."):
            found = [node for outer in found for node in ast.iter_child_nodes(outer)
                     if getattr(node, "name", "") == part]  # fmt: skip
        missing += [] if found else [f"{path} {name}"]
    return missing


def test_every_file_and_function_that_a_document_names_is_there() -> None:
    assert {str(one.relative_to(ROOT)): missing_places(one.read_text()) for one in documents()} == {
        str(one.relative_to(ROOT)): [] for one in documents()
    }


def test_a_function_that_is_no_longer_where_a_document_says_is_found() -> None:
    text = "`oabot/publish.py` `Publisher.publish` `oabot/publish.py` `Publisher.gone` `oabot/gone.py`"

    assert missing_places(text) == ["oabot/gone.py", "oabot/publish.py Publisher.gone"]


def test_every_decision_is_in_the_list_of_decisions() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text())

    assert listed == sorted(path.name for path in folder.glob("[0-9]*.md"))


def test_every_verb_that_a_document_names_is_there() -> None:
    text = "\n".join(document.read_text() for document in documents())
    named = set(re.findall(r"bot\.py ([a-z]+)", text))
    listing = subprocess.run(
        [sys.executable, str(ROOT / "bot.py"), "--help"], capture_output=True, text=True, check=True
    )
    offered = set(re.findall(r"^    ([a-z]+) ", listing.stdout, re.MULTILINE))

    assert named
    assert named <= offered


def blocks() -> list[tuple[str, str]]:
    return [(str(document.relative_to(ROOT)), block) for document in documents()
            for block in RUNNABLE.findall(document.read_text())]  # fmt: skip


def missing_lines(block: str, folder: Path) -> list[str]:
    """The lines of the block that its commands didn't print, each command run in `folder`."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    missing = []
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        printed = iter(done.stdout.splitlines())
        missing += [line for line in expected.splitlines() if line != "..." and line not in printed]
    return missing


@pytest.mark.slow
@pytest.mark.parametrize(("document", "block"), blocks())
def test_a_command_in_a_document_prints_what_the_document_says(document: str, block: str, tmp_path: Path) -> None:
    for name in {path.relative_to(ROOT).parts[0] for path in committed()}:
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / ".venv").symlink_to(sys.prefix)

    assert missing_lines(block, tmp_path) == [], document


def test_a_line_that_a_command_does_not_print_is_found(tmp_path: Path) -> None:
    assert missing_lines("$ printf 'a\\nb\\nc\\n'\na\n...\nc\n$ echo d\ne\n", tmp_path) == ["e"]


def test_what_is_committed_names_no_path_of_a_machine() -> None:
    assert found(MACHINE_PATH) == []


def test_what_is_committed_names_no_registry() -> None:
    assert found(REGISTRY) == []


def test_what_is_committed_holds_nothing_that_looks_like_a_secret() -> None:
    assert found(SECRET) == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (MACHINE_PATH, "open('/" + "work/x')"),
        (MACHINE_PATH, "cd /" + "root/project"),
        (REGISTRY, "--index https://pypi" + ".org/simple"),
        (SECRET, 'password = "' + "0a1b2c3d" * 4 + '"'),
        (SECRET, "'token': '" + "0a1b2c3d" * 4 + "'"),
        (SECRET, "-----BEGIN " + "RSA PRIVATE KEY"),
    ],
)
def test_what_must_not_be_committed_would_be_found(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


def test_no_file_is_so_large_that_it_must_be_a_mistake() -> None:
    assert [path.name for path in committed() if path.stat().st_size > 2_000_000] == []


@pytest.mark.skipif(not shutil.which("bash"), reason="the scripts are for bash")
def test_every_shell_script_parses() -> None:
    scripts = [path for path in committed() if path.read_bytes().startswith(b"#!/usr/bin/env bash")]
    done = [subprocess.run(["bash", "-n", str(path)], capture_output=True, text=True, check=False) for path in scripts]

    assert scripts
    assert [one.stderr for one in done] == [""] * len(scripts)
