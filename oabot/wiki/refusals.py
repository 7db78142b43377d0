"""What each answer of a wiki means for us; docs/faults.md says the same to people."""

from __future__ import annotations

import re
from typing import Final

from oabot.errors import AccountRefused, EditConflict, PageRefused, WikiError, WikiRests

_CONFLICTS: Final = """
    articleexists editconflict missingtitle nosuchrevid pagedeleted revwrongpage
"""
_PAGES: Final = """
    badmd5 cantcreate captcha cascadeprotected contenttoobig customcssprotected customjsonprotected customjsprotected
    editing-special emptypage hookaborted invalid-content-data invalid-text invalidtitle
    namespaceprotected nobots parseerror protectednamespace protectednamespace-interface protectedpage protectedtitle
    secret-in-text sitecssprotected sitejsonprotected sitejsprotected spamblacklist summary-too-long
    unsupportednamespace
"""
_ACCOUNT: Final = """
    assertanonfailed assertbotfailed assertnameduserfailed assertuserfailed autoblocked blocked cantcreate-anon
    login-failed logged-out noapiwrite noedit noedit-anon notloggedin permissiondenied readapidenied systemblocked
    writeapidenied
"""
_RESTS: Final = """
    actionthrottledtext bad-reply badtoken connection deadline dns endless-continue endless-reply failed-save
    incomplete-reply left-alone maxlag not-json pywikibot ratelimited readonly redirect stashfailed timeout tls
    too-much-text unknownerror
"""
MEANING: Final[dict[str, type[WikiError]]] = {
    **dict.fromkeys(_CONFLICTS.split(), EditConflict),
    **dict.fromkeys(_PAGES.split(), PageRefused),
    **dict.fromkeys(_ACCOUNT.split(), AccountRefused),
    **dict.fromkeys(_RESTS.split(), WikiRests),
}
"""The API's error codes and our own (what happened on the way) → which of our errors says it."""

FAMILIES: Final[dict[str, type[WikiError]]] = {
    "abusefilter-": PageRefused,
    "titleblacklist-": PageRefused,
    "globalblocking-": AccountRefused,
    "mwoauth-": AccountRefused,
    "wikimedia-globalblocking-": AccountRefused,
    "http-": WikiRests,
    "internal_api_error_": WikiRests,
}
"""The same for codes of which only the beginning is fixed."""

_CODE: Final = re.compile(r"[\w-]{1,80}", re.ASCII)


def refusal(code: str) -> WikiError:
    """Say with one of our errors what the code means; an unknown code refuses the page: skip it and tell people.

    The error carries the code alone. What MediaWiki adds for people names the blocker, the page or the address.
    """
    if not _CODE.fullmatch(code):
        code = "unknownerror"
    if code in MEANING:
        return MEANING[code](code)
    for beginning, meaning in FAMILIES.items():
        if code.startswith(beginning):
            return meaning(code)
    return PageRefused(code)
