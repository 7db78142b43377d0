"""The wikis that we edit, through Pywikibot; nothing else in the package knows it.

Pywikibot is imported by `configure`, not before.
"""

from oabot.wiki.exclusion import may_edit
from oabot.wiki.live import LiveWiki
from oabot.wiki.refusals import refusal
from oabot.wiki.session import Access, BotPassword, OAuth, Session, configure

__all__ = [
    "Access",
    "BotPassword",
    "LiveWiki",
    "OAuth",
    "Session",
    "configure",
    "may_edit",
    "refusal",
]
