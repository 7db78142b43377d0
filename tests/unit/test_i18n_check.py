"""The message files are whole, and the check would notice if they weren't."""

import json
from importlib import resources
from pathlib import Path

import pytest

from oabot.i18n import COMPLETE, check


def test_no_message_file_has_a_fault() -> None:
    assert list(check.faults()) == []


def test_every_message_that_the_code_asks_for_is_there() -> None:
    assert check.unheard(Path(check.__file__).parent.parent) == []


def test_every_message_is_named_by_some_code() -> None:
    package = Path(check.__file__).parent.parent

    assert check.unused(package, package.parent / "scripts") == []


def test_a_message_that_is_asked_for_in_vain_is_named(tmp_path: Path) -> None:
    (tmp_path / "view.py").write_text('words.say("oabot-unheard-of")\nwords.plain("oabot-unknown")\n')

    assert check.unheard(tmp_path) == ["oabot-unheard-of"]


def test_a_message_that_no_code_names_is_listed(tmp_path: Path) -> None:
    (tmp_path / "view.py").write_text('words.say("oabot-unknown"); words.say(f"oabot-class-{name}")\n')

    unused = check.unused(tmp_path)
    assert "oabot-never" in unused
    assert not {"oabot-unknown", "oabot-class-reversal"} & set(unused)


@pytest.mark.parametrize("code", COMPLETE)
def test_every_file_says_whether_a_speaker_has_read_it(code: str) -> None:
    about = json.loads(resources.files("oabot.i18n").joinpath(f"{code}.json").read_text(encoding="utf-8"))["@metadata"]

    assert about["authors"]
    assert about["reviewed"] is (code == "en")


@pytest.mark.parametrize(
    ("code", "text", "english", "fault"),
    [
        ("ru", "страница", "page $1", "lacks $1"),
        ("ru", "страница $1 и $2", "page $1", "has $2, which English lacks"),
        ("ru", "{{PLURAL:$1|строка|строки}}", "{{PLURAL:$1|row|rows}}", "has 2 forms, not 3"),
        ("ar", "{{PLURAL:$1|صف|صفوف}}", "{{PLURAL:$1|row|rows}}", "has 2 forms, not 6"),
        ("ja", "{{PLURAL:$1|行|行}}", "{{PLURAL:$1|row|rows}}", "has 2 forms, not 1"),
        ("de", "{{PLURAL:$1|Zeile|Zeilen", "{{PLURAL:$1|row|rows}}", "isn't closed"),
        ("de", "{{PLURAL:$1|$1 Zeile|$1 Zeilen}}", "row $1", "counts $1, which English doesn't"),
        ("de", "[[Seite", "page", "don't match"),
        ("de", "(Seite", "page", "don't match"),
        ("de", "„Seite", "page", "don't match"),
        ("fr", "« page", "page", "don't match"),
        ("de", 'eine "Seite', "page", "has no partner"),
        ("de", "<code>run", "run", "isn't opened and closed"),
        ("de", "<script>run</script>", "run", "holds the tag script"),
        ("de", "run <br", "run", "isn't opened and closed"),
        ("de", "{{Vorlage}}", "template", "other than PLURAL"),
        ("de", " Seite", "page", "space around it"),
        ("de", "", "page", "is empty"),
    ],
)
def test_a_fault_is_named(code: str, text: str, english: str, fault: str) -> None:
    found = list(check.message_faults(code, "oabot-key", text, english))

    assert any(fault in sentence for sentence in found), found


def test_an_edit_summary_holds_no_markup() -> None:
    found = list(check.message_faults("de", "oabot-summary-added", "<code>x</code>", "x"))

    assert found == ["de: oabot-summary-added: holds markup where none is read"]


def test_quotes_of_each_language_are_known() -> None:
    assert not list(check.message_faults("de", "oabot-key", "„$1“", "“$1”"))
    assert not list(check.message_faults("pl", "oabot-key", "„$1”", "“$1”"))
