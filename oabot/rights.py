"""What our account must not be able to do: looked at before each save, for a grant may come at any time."""

from __future__ import annotations

from typing import Final

from oabot.errors import ConfigError
from oabot.model import Account

DANGEROUS: Final = frozenset(
    {
        "abusefilter-modify",
        "abusefilter-modify-restricted",
        "bigdelete",
        "block",
        "blockemail",
        "centralauth-lock",
        "centralauth-rename",
        "centralauth-suppress",
        "centralauth-unmerge",
        "checkuser",
        "checkuser-log",
        "delete",
        "deletedhistory",
        "deletedtext",
        "deletelogentry",
        "deleterevision",
        "edituserjs",
        "editusercss",
        "edituserjson",
        "editinterface",
        "editsitecss",
        "editsitejs",
        "editsitejson",
        "globalblock",
        "globalgroupmembership",
        "globalgrouppermissions",
        "hideuser",
        "import",
        "importupload",
        "managechangetags",
        "massmessage",
        "mergehistory",
        "nuke",
        "oathauth-disable-for-user",
        "pagetranslation",
        "protect",
        "renameuser",
        "siteadmin",
        "suppressionlog",
        "suppressrevision",
        "undelete",
        "unblockself",
        "userrights",
        "userrights-interwiki",
        "viewsuppressed",
    }
)
"""Rights that would let a leaked password or a fault of ours do what can't be undone, or show what is hidden."""


REMEDY: Final = "take these rights from the account, or their grants from its password or consumer"


def check_account(account: Account) -> list[str]:
    """Name the rights that our account has and mustn't have, sorted; an empty list is as it should be."""
    return sorted(account.rights & DANGEROUS)


def refuse_dangerous(wiki: str, account: Account) -> None:
    """Raises: `ConfigError` when the account can do there what it must not be able to do."""
    if found := check_account(account):
        raise ConfigError(f"{wiki}: the account has rights that it must not have: {', '.join(found)}; {REMEDY}")
