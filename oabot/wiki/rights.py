"""What our account must not be able to do."""

from __future__ import annotations

from typing import Final

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


def check_account(account: Account) -> list[str]:
    """Name the rights that our account has and mustn't have, sorted; an empty list is as it should be."""
    return sorted(account.rights & DANGEROUS)
