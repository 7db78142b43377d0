from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import mwparserfromhell
import pytest

from oabot import rules
from oabot.annotations import FIELDS
from oabot.answers import Answer
from oabot.attribution import attribute
from oabot.config import Settings, WikiSettings
from oabot.i18n import language as oabot_language
from oabot.jobnames import JOBS
from oabot.model import Revision, User
from oabot.runrequests import ANSWER, MODES, SCOPES, reader, refusal, requests
from oabot.runrequests import Rules as RequestRules
from oabot.views import VIEWS, Material, Place
from oabot.views.frame import framed
from oabot.views.parameters import filters
from oabot.wikitext import Wikitext
from scripts.install_templates import main
from scripts.wanted_pages import wanted

ONWIKI = Path(__file__).parents[2] / "onwiki"
README = ONWIKI.parent / "README.md"
DOCS = {"about.wikitext", "annotations.wikitext", "approval.wikitext", "method.wikitext", "requests.wikitext"}
DOCS_LANGUAGES = ("en", "ru", "zh")
LANGUAGES = sorted(path.name for path in ONWIKI.iterdir() if path.is_dir())


def settings(**languages: str) -> Settings:
    wikis = {
        dbname: WikiSettings(url="https://wiki.example", language=language) for dbname, language in languages.items()
    }
    return Settings(account="ExampleBot", contact="https://wiki.example/", wikis=wikis)


def texts(language: str, *, docs: bool = False) -> dict[str, str]:
    return {want.title: want.text for want in wanted(settings(metawiki=language), "metawiki", docs=docs)}


def template_data(text: str) -> dict[str, dict[str, object]]:
    found = re.search(r"<templatedata>\n(.*)\n</templatedata>", text, re.DOTALL)
    assert found
    read: dict[str, dict[str, object]] = json.loads(found[1])
    return read


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_page(language: str) -> None:
    there = {path.name for path in (ONWIKI / language).iterdir()}

    assert sorted(there - DOCS) == [
        "end.doc.wikitext",
        "note.doc.wikitext",
        "note.wikitext",
        "open.doc.wikitext",
        "request.doc.wikitext",
        "request.wikitext",
        "stop.wikitext",
    ]
    assert there & DOCS == DOCS if language in DOCS_LANGUAGES else there & DOCS in (set(), DOCS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_templatedata_is_json_that_describes_the_same_parameters_in_every_language(language: str) -> None:
    english = {title: template_data(text) for title, text in texts("en").items() if title.endswith("/doc")}
    here = {title: template_data(text) for title, text in texts(language).items() if title.endswith("/doc")}

    def shape(data: dict[str, dict[str, object]]) -> object:
        return {name: sorted(row) for name, row in data["params"].items() if isinstance(row, dict)}

    assert {title: shape(data) for title, data in here.items()} == {
        title: shape(data) for title, data in english.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_documentation_names_the_views_and_parameters_that_there_are_and_no_others(language: str) -> None:
    text = texts(language)["Template:Office actions/doc"]
    parameters = {name for view in VIEWS.values() for name in view.parameters}

    listed = dict(re.findall(r"^; (\w+) :(.*)$", text, re.MULTILINE))
    assert {name: tuple(re.findall(r"<code>(\w+)</code>", words)) for name, words in listed.items()} == {
        name: view.parameters for name, view in VIEWS.items()
    }
    assert set(template_data(text)["params"]) == {"1", *parameters}


@pytest.mark.parametrize(
    "text", [texts(code)["Template:Office actions/doc"] for code in LANGUAGES] + [README.read_text()]
)
def test_the_example_in_the_documentation_can_be_used(text: str) -> None:
    example = re.search(r"^\{\{Office actions\|.*\}\}$", text, re.MULTILINE)
    assert example
    (template,) = mwparserfromhell.parse(example[0]).filter_templates()
    view = VIEWS[str(template.get("1").value)]
    given = {str(one.name): str(one.value) for one in template.params if one.showkey}

    assert filters(given, view.parameters, oabot_language("en"), view.required).since is not None


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_template_shows_every_parameter_that_its_documentation_describes(language: str) -> None:
    pages = texts(language)

    for name in ("Office action note", "Office action request"):
        shown = set(re.findall(r"\{\{\{(\w+)\|", pages[f"Template:{name}"]))
        answers = set(ANSWER) if name == "Office action request" else set()
        assert shown == set(template_data(pages[f"Template:{name}/doc"])["params"]) | answers


def test_every_word_of_a_note_and_a_request_that_the_bot_reads_is_described_on_the_wiki_and_in_the_manual() -> None:
    pages, manual = texts("en"), (README.parent / "docs/editors.md").read_text(encoding="utf-8")
    note = template_data(pages["Template:Office action note/doc"])["params"]
    request = template_data(pages["Template:Office action request/doc"])["params"]

    assert set(note) == {"entry", *FIELDS, "letters", "letter", "question", "answer"}
    assert {name for name in note if f"| `{name}`" not in manual} == set()
    for word in (*JOBS, *SCOPES, *MODES, *Answer):
        assert word in str(request) + str(note["answer"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_documentation_holds_a_live_template_that_would_make_it_a_page_to_fill(language: str) -> None:
    for title, text in texts(language).items():
        if title.endswith("/doc"):
            assert "{{" not in re.sub(r"<nowiki>.*?</nowiki>", "", text, flags=re.DOTALL)


@pytest.mark.parametrize(("asked", "spoken"), [("ru", "ru"), ("zh-hk", "zh"), ("xx", "en"), ("de", "en"), ("fa", "fa")])
def test_a_wiki_gets_its_own_language_or_the_nearest_that_there_is(asked: str, spoken: str) -> None:
    letters = {"Template:Office actions letters", "Template:Office actions letters/doc"}  # made of messages alone
    other = texts(asked)

    assert {title: text for title, text in texts(spoken).items() if title not in letters} == {
        title: text for title, text in other.items() if title not in letters
    }


@pytest.mark.parametrize(("asked", "lang"), [("fa", "en"), ("de", "en"), ("tt", "ru"), ("ru", ""), ("zh-hk", "")])
def test_a_page_in_another_language_than_the_wikis_says_so(asked: str, lang: str) -> None:
    about = texts(asked, docs=True)["User:ExampleBot/About"]

    assert about.startswith(f'<div lang="{lang}" dir="ltr">' if lang else "__NOINDEX__")


@pytest.mark.parametrize("language", DOCS_LANGUAGES)
def test_whatever_a_table_links_to_is_among_the_pages(language: str) -> None:
    place = Place("metawiki", "Project:Example", oabot_language(language))
    material = Material((), {"metawiki": "https://wiki.example"}, "ExampleBot", "metawiki")
    pages = texts(language, docs=True)
    head = framed(Wikitext(""), material, place)
    linked = {unquote(title) for title in re.findall(r"wiki\.example/wiki/(User:ExampleBot/\w+)", head)}

    assert linked - set(pages) == {"User:ExampleBot/Status"}, "the bot itself makes that one"
    assert "preload=User%3AExampleBot%2FRequests%2Fpreload" in head
    assert {f'id="{rule.id}"' for rule in rules.load().table} <= set(
        re.findall(r'id="[^"]+"', pages["User:ExampleBot/Method"])
    )


@pytest.mark.parametrize("language", DOCS_LANGUAGES)
def test_no_page_that_tables_link_to_holds_a_live_template_but_the_form(language: str) -> None:
    for title, text in texts(language, docs=True).items():
        if title.startswith("User:") and title != "User:ExampleBot/Requests/preload":
            assert "{{" not in re.sub(r"<nowiki>.*?</nowiki>", "", text, flags=re.DOTALL)
            assert "__NOINDEX__" in text or title.endswith("/Run")


def test_the_form_that_an_update_is_asked_with_is_a_request_that_can_be_carried_out() -> None:
    form = texts("en", docs=True)["User:ExampleBot/Requests/preload"].replace("$1", "Project:Example")
    at = datetime(2026, 1, 1, tzinfo=UTC)
    revision = Revision(7, 0, at, "Example Admin", form)
    read = reader("Office action request", "User:ExampleBot/Requests", "ExampleBot")
    (asked,) = requests("metawiki", form, "Office action request", attribute([revision], read))
    admin = User("Example Admin", frozenset({"sysop"}))

    assert (asked.job, asked.scope, asked.of, asked.mode) == ("tables", "page", "Project:Example", "save")
    assert refusal(asked, {"Example Admin": admin}, RequestRules(), at) is None


def test_pages_that_people_write_on_are_made_once_and_left_to_them() -> None:
    once = {page.title for page in wanted(settings(metawiki="en"), "metawiki", docs=True) if page.once}

    assert once == {f"User:ExampleBot/{name}" for name in ("Run", "Requests", "Annotations")}


def test_names_come_from_the_settings() -> None:
    made = settings(metawiki="en")
    wiki = made.wikis["metawiki"].model_copy(update={"template_opening": "Aktionen", "template_closing": "Ende"})
    pages = wanted(made.model_copy(update={"wikis": {"metawiki": wiki}}), "metawiki")

    assert {"Template:Aktionen", "Template:Ende/doc", "User:ExampleBot/Run"} <= {page.title for page in pages}
    assert "{{Aktionen|table" in next(page.text for page in pages if page.title == "Template:Aktionen/doc")
    assert "OATransparencyBot" not in "".join(page.text for page in pages)


def test_annotations_are_kept_on_the_central_wiki_only() -> None:
    both = settings(metawiki="en", ruwiki="ru")

    assert "Template:Office action note" in {page.title for page in wanted(both, "metawiki")}
    assert "Template:Office action note" not in {page.title for page in wanted(both, "ruwiki")}


def test_print_gives_an_admin_everything_and_asks_no_wiki(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "oabot.toml"
    file.write_text('account = "ExampleBot"\n[wikis.metawiki]\n[wikis.zhwiki]\n')
    done = main(["--settings", str(file), "--print"])
    printed = capsys.readouterr().out

    assert done == 0
    assert re.findall(r"^---- zhwiki: (.*)$", printed, re.MULTILINE) == [
        "Template:Office actions/doc",
        "Template:Office actions",
        "Template:Office actions end/doc",
        "Template:Office actions end",
        "Template:Office action request/doc",
        "Template:Office action request",
        "Template:Office actions letters/doc",
        "Template:Office actions letters",
        "User:ExampleBot/Run",
    ]
    assert "本模板" in printed
    assert printed.endswith("任何人在此写入其他内容即可停止。\n\n")


def test_a_wiki_that_is_not_in_the_settings_is_a_usage_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "oabot.toml"
    file.write_text("[wikis.metawiki]\n")
    done = main(["--settings", str(file), "--print", "--wiki", "frwiki"])

    assert done == 2
    assert "not in the settings: frwiki" in capsys.readouterr().err
