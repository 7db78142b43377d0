from __future__ import annotations

from oabot.model import Account
from oabot.rights import check_account


def test_the_rights_of_an_ordinary_bot_are_as_they_should_be() -> None:
    rights = frozenset({"read", "edit", "createpage", "bot", "noratelimit", "apihighlimits", "editprotected"})

    assert check_account(Account("OATransparencyBot", rights=rights)) == []


def test_rights_that_are_dangerous_are_named_in_order() -> None:
    account = Account("OATransparencyBot", rights=frozenset({"edit", "userrights", "block", "suppressrevision"}))

    assert check_account(account) == ["block", "suppressrevision", "userrights"]
