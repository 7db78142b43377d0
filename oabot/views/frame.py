"""What stands above and below every table: how to ask for an update, what is missing, whom to write to."""

from __future__ import annotations

from urllib.parse import urlencode

from oabot import wikimedia
from oabot.views.material import Material, Place, local_link, own_link, page_link
from oabot.wikitext import Wikitext, escape, external, isolate

POLICY = ("foundationwiki", "Policy:Wikimedia Foundation Office Actions Policy")
"""Where the policy lives now; it has moved before, and its old titles redirect."""

APPEAL = ("metawiki", "Case Review Committee")


SILENT = 3
"""After how many days without a word of the bot a table warns."""


def framed(body: Wikitext, material: Material, place: Place) -> Wikitext:
    """The region's text with its head and foot; nothing in it depends on when it was made."""
    parts = [_head(material, place), place.above, body, _foot(material, place)]
    text = "\n".join(part for part in parts if part)
    words, direction = place.language.text_code, place.language.text_direction
    opening = f'<div class="oabot plainlinks mw-content-{direction}" lang="{words}" dir="{direction}">'
    return Wikitext(f"{opening}\n{text}\n</div>")


def update_address(material: Material, place: Place) -> str:
    """The address that opens the request page with a request for this page filled in."""
    base = material.addresses[place.wiki]
    query = {
        "title": material.own_page("Requests"),
        "action": "edit",
        "section": "new",
        "nosummary": "1",
        "preload": material.own_page("Requests/preload"),
        "preloadparams[]": place.title,
    }
    return f"{base}/w/index.php?{urlencode(query)}"


def _head(material: Material, place: Place) -> Wikitext:
    say = place.language.say
    links = [local_link(material, place, "About", say("oabot-header-about"))]
    if place.wiki in material.addresses:
        links.append(external(update_address(material, place), say("oabot-header-update")))
    return _div("oabot-head", Wikitext(" · ".join(links) + _warning(material, place)))


def _warning(material: Material, place: Place) -> Wikitext:
    """What the page says by itself when the status page, which tells its own time when transcluded, is old.

    While there is no status page, as before the first run's end, it says nothing. By days and not by seconds: the wiki
    can keep such a page in its cache until midnight. Only on the central wiki, as a wiki shows no page of another one.
    """
    if place.wiki != material.central:
        return Wikitext("")
    status = material.own_page("Status")
    told = f"{{{{#iferror:{{{{#time:Ymd|{{{{{status}}}}}|en}}}}|0}}}}"
    old = f"{{{{#time:Ymd|{SILENT} days ago|en}}}}>{told}"
    said = f"<br><strong>{place.language.say('oabot-header-silent')}</strong>"
    return Wikitext(f"{{{{#ifexist:{status}|{{{{#ifexpr:{old}|{said}}}}}}}}}")


def _foot(material: Material, place: Place) -> Wikitext:
    language = place.language
    say = language.say
    contact = material.contact or f"User talk:{material.account}"
    sentences = [
        Wikitext(f"'''{say('oabot-foot-judgement')}'''"),
        say("oabot-foot-facts"),
        say("oabot-foot-not-logged"),
    ]
    if material.reach is not None:
        sentences.append(say("oabot-foot-since", language.date(material.reach)))
    sentences.append(
        say("oabot-foot-correction", page_link(material, material.central, contact, isolate(escape(contact))))
    )
    sentences.append(say("oabot-foot-bot", own_link(material, "Run")))
    links = [
        own_link(material, "Status", say("oabot-link-status")),
        _wikimedia_link(*POLICY, say("oabot-link-policy")),
        _wikimedia_link(*APPEAL, say("oabot-link-appeal")),
    ]
    lines = [Wikitext(" ".join(sentences)), Wikitext(" · ".join(links))]
    return _div("oabot-foot", Wikitext("<br>".join(lines)))


def _wikimedia_link(wiki: str, title: str, text: Wikitext) -> Wikitext:
    """A link to a page that is on one Wikimedia wiki, whichever wikis the bot reads."""
    return external(f"{wikimedia.address(wiki).url}/wiki/{title.replace(' ', '_')}", text)


def _div(css_class: str, text: Wikitext) -> Wikitext:
    return Wikitext(f'<div class="{css_class}" style="font-size: 90%">{text}</div>')
