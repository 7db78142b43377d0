"""The pages that the bot needs on a wiki, as wikitext in the wiki's language: what scripts/install_templates.py makes.

The words are in ``onwiki/``, a folder for each language; views, parameters, classes and rules come out of the program.
"""

from __future__ import annotations

import json
import string
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # run from a checkout, as on Toolforge, the package isn't installed

from oabot import rules, wikimedia
from oabot.config import Settings, WikiSettings
from oabot.i18n import Language
from oabot.i18n import language as language_of
from oabot.i18n.mediawiki import chain, direction
from oabot.model import ActionClass
from oabot.views import VIEWS
from oabot.views.frame import POLICY
from oabot.views.parameters import COLUMNS, STATUSES
from scripts import method

ONWIKI = ROOT / "onwiki"
CODES = {"class": [one.value for one in ActionClass], "status": list(STATUSES), "columns": list(COLUMNS)}
"""Parameter -> the words that it takes."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page as the bot needs it."""

    title: str
    text: str
    once: bool = False
    """Made when missing, and left to people from then on."""


def wanted(settings: Settings, dbname: str, *, docs: bool = False) -> list[Wanted]:
    """The templates and the stop page for one wiki, in its language or the nearest that there is.

    With `docs` also what tables link to: what the bot is, by which rules it goes, where it is asked for something.
    """
    wiki = settings.wikis[dbname]
    words = _words(settings, wiki)
    made = []
    for key, name in _templates(settings, dbname).items():
        made.append(Wanted(f"Template:{name}/doc", _text(f"{key}.doc", wiki.language, words)))
        made.append(Wanted(f"Template:{name}", _text(key, wiki.language, words)))
    made.append(Wanted(settings.page("Run"), _text("stop", wiki.language, words), once=True))
    return [*made, *_docs(settings, dbname, words)] if docs else made


def filled(name: str, settings: Settings, dbname: str, **more: str) -> str:
    """One of the texts for a wiki, with further words for it. Raises: `KeyError` for a word that is missing."""
    wiki = settings.wikis[dbname]
    return _text(name, wiki.language, _words(settings, wiki) | more)


def _templates(settings: Settings, dbname: str) -> dict[str, str]:
    wiki = settings.wikis[dbname]
    names = {
        "open": wiki.template_opening,
        "end": wiki.template_closing,
        "request": wiki.template_request,
        "letters": wiki.template_letters,
    }
    return names | ({"note": wiki.template_note} if dbname == settings.central else {})  # notes are kept there only


def _docs(settings: Settings, dbname: str, words: Mapping[str, str]) -> list[Wanted]:
    spoken = settings.wikis[dbname].language
    made = [
        Wanted(settings.page("About"), _marked("about", spoken, words)),
        Wanted(settings.page("Method"), _marked("method", spoken, words)),
        Wanted(settings.page("Requests/preload"), _text("preload", spoken, words)),
        Wanted(settings.page("Requests"), _marked("requests", spoken, words), once=True),
    ]
    if dbname == settings.central:
        made.append(Wanted(settings.page("Annotations"), _marked("annotations", spoken, words), once=True))
    return made


def _words(settings: Settings, wiki: WikiSettings) -> dict[str, str]:
    """What the texts say for ``$name``."""
    spoken = _draft(wiki.language)
    written = _draft(_nearest("open.doc", wiki.language)[1])
    account = settings.account.replace(" ", "_")
    central = f"{settings.wikis[settings.central].url}/wiki"
    policy, title = POLICY
    return {
        "account": settings.account,
        "open": wiki.template_opening,
        "end": wiki.template_closing,
        "request": wiki.template_request,
        "note": wiki.template_note,
        "letters": wiki.template_letters,
        "letters_words": spoken.plain("oabot-doc-letters-optin"),
        "home": f"{central}/User:{account}",
        "home_talk": f"{central}/User_talk:{account}",
        "journal": f"{central}/Special:PrefixIndex/User:{account}/Journal/",
        "policy": f"{wikimedia.address(policy).url}/wiki/{title.replace(' ', '_')}",
        "views": _views(written, wiki.template_letters),
        "parameters": _parameters(written),
        "rules": method.rows(rules.load(settings.actors), written),
    }


def _draft(code: str) -> Language:
    """The language; whoever installs the pages reads them, so a translation that nobody else has read will do."""
    return language_of(code, (code,))


def _views(spoken: Language, letters: str) -> str:
    """A list of the views, each with its parameters."""
    lines = []
    for name, view in VIEWS.items():
        more = [f"<nowiki>{{{{{letters}}}}}</nowiki>"] if name == "letters" else []
        parameters = ", ".join(f"<code>{parameter}</code>" for parameter in view.parameters)
        lines.append(f"; {name} : {spoken.plain(f'oabot-doc-{name}', *more)} ({parameters})")
    return "\n".join(lines)


def _parameters(spoken: Language) -> str:
    """All views' parameters as TemplateData has them."""
    views: dict[str, object] = {"type": "string", "required": True, "suggestedvalues": list(VIEWS)}
    described = {"1": {"description": spoken.plain("oabot-doc-view"), **views}}
    for name in dict.fromkeys(name for view in VIEWS.values() for name in view.parameters):
        described[name] = {
            "description": spoken.plain(f"oabot-doc-{name}"),
            "type": "number" if name == "limit" else "string",
        }
        if name in CODES:
            described[name]["suggestedvalues"] = CODES[name]
    return json.dumps(described, ensure_ascii=False, indent=1)


def _text(name: str, language: str, words: Mapping[str, str]) -> str:
    file, _ = _nearest(name, language)
    return string.Template(file.read_text(encoding="utf-8")).substitute(words).strip()


def _marked(name: str, language: str, words: Mapping[str, str]) -> str:
    """The text; where it is in another language than the wiki, it says so."""
    text, (_, code) = _text(name, language, words), _nearest(name, language)
    if language == code or language.startswith(f"{code}-"):
        return text
    return f'<div lang="{code}" dir="{direction(code)}">\n{text}\n</div>'


def _nearest(name: str, language: str) -> tuple[Path, str]:
    """The file of a text in the nearest language that there is, and that language."""
    for code in (*chain(language), "en"):
        if (file := ONWIKI / code / f"{name}.wikitext").exists():
            return file, code
    return ONWIKI / f"{name}.wikitext", language  # the same in all languages
