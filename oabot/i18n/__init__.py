"""Every word that the bot writes, in the reader's language.

`language` is the door; the words are in ``LANGUAGE.json`` beside it, in the banana format that translatewiki.net
knows, documented in ``qqq.json``.
"""

from oabot.i18n.catalogue import COMPLETE
from oabot.i18n.language import Language, language

__all__ = ["COMPLETE", "Language", "language"]
