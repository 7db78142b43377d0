"""Links whose target or address holds outside text, written so that nothing in it can end them."""

from __future__ import annotations

import re
import string
from urllib.parse import quote

from oabot.wikitext.escape import Wikitext, clean, escape

_NO_TITLE = re.compile(
    r"[<>\[\]|{}]"  # never in a title
    r"|%[0-9A-Fa-f]{2}|&[A-Za-z0-9#]+;"  # would be decoded, or make the title invalid
    r"|~~~|(?:^|[:/])\.\.?(?:/|$)"
    r"|^(?:[^:]*:)?\s*(?:[#:]|$)"  # no page named at all
)
_ADDRESS = re.compile(r"https?://[^/?#]+")
_SAFE = ":/?#&=%+,@$()*"
_UNCHANGED = (string.ascii_letters + string.digits + ".-_" + _SAFE).encode()
"""What `quote` leaves as it is, but for tildes."""


def link(target: str, text: Wikitext) -> Wikitext:
    """A link to a page of this or another wiki (``Special:CentralAuth/NAME``, ``m:Title``, ``Page#Section``).

    The leading colon keeps a category, file or interlanguage prefix from being anything but a link.
    What can't be a title gives the text alone; an empty text shows the target.
    """
    title = clean(target).lstrip(": ")
    text = text or escape(title)
    if _NO_TITLE.search(title) or _too_long(title):
        return text
    return Wikitext(f"[[:{escape(title)}|{text}]]")


def _too_long(title: str) -> bool:
    """Whether it has more bytes than MediaWikiTitleCodec allows a page, or a special page with its parameter."""
    page = title.partition("#")[0]
    return len(page.partition(":")[2].encode() or page.encode()) > (512 if "Special:" in page else 255)


def external(url: str, text: Wikitext) -> Wikitext:
    """A link to an address that we built; an empty text shows the address.

    The address is percent-encoded wherever wikitext could read something into it; what is encoded already
    stays. Raises ValueError unless it begins with http(s) and a host.
    """
    if not _ADDRESS.match(url):
        raise ValueError("the address must begin with https://HOST")
    # Tildes sign, double underscores switch, apostrophes embolden, semicolons end entities.
    plain = url.isascii() and not url.encode().translate(None, _UNCHANGED)
    address = url if plain else quote(url, safe=_SAFE, errors="replace").replace("~", "%7E")
    return Wikitext(f"[{address.replace('__', '_%5F')} {text or escape(url)}]")
