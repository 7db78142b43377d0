from __future__ import annotations

from typing import Any

import pytest

from oabot.model import PageState, User
from oabot.wiki import rows

PAGE: dict[str, Any] = {
    "ns": 2, "title": "User:X/Y", "contentmodel": "wikitext", "pagelanguage": "zh", "protection": [],
    "revisions": [{"revid": 7, "parentid": 6, "user": "X", "timestamp": "2021-09-13T16:13:00Z",
                   "slots": {"main": {"contentmodel": "wikitext", "content": "text"}}}],
}  # fmt: skip


def test_a_page_whose_newest_text_is_hidden_can_not_be_edited() -> None:
    hidden = {**PAGE["revisions"][0], "slots": {"main": {"texthidden": True}}}

    assert rows.page({**PAGE, "revisions": [hidden]}).state is PageState.INVALID


def test_a_page_whose_newest_author_is_hidden_has_none() -> None:
    newest = {**PAGE["revisions"][0], "userhidden": True}
    del newest["user"]

    assert rows.page({**PAGE, "revisions": [newest]}).user is None


@pytest.mark.parametrize(
    ("protection", "level"),
    [
        ([], ""),
        ([{"type": "edit", "level": "autoconfirmed"}], "autoconfirmed"),
        ([{"type": "move", "level": "sysop"}], ""),
        (
            [{"type": "edit", "level": "autoconfirmed"}, {"type": "edit", "level": "sysop", "source": "Main Page"}],
            "sysop",
        ),
        ([{"type": "create", "level": "sysop"}], "sysop"),
    ],
)
def test_of_several_protections_the_one_that_keeps_more_people_out_counts(
    protection: list[dict[str, str]], level: str
) -> None:
    assert rows.page({**PAGE, "protection": protection}).edit_protection == level


@pytest.mark.parametrize("part", ["revisions", "title", "ns"])
def test_a_row_that_lacks_a_part_is_never_guessed(part: str) -> None:
    row = {key: value for key, value in PAGE.items() if key != part}
    with pytest.raises(KeyError):
        rows.page(row)


def test_a_user_has_local_and_global_groups_and_may_be_locked_everywhere() -> None:
    here = {"name": "X", "groups": ["*", "user"]}

    assert rows.user("x", here, {"groups": ["staff"], "locked": True}) == User(
        "X", frozenset({"*", "user", "staff"}), locked=True
    )
    assert rows.user("x", here, {"missing": True}) == User("X", frozenset({"*", "user"}))


def test_a_block_of_any_kind_counts() -> None:
    blocked = {"name": "X", "groups": ["*"], "blockid": 5, "blockpartial": True}

    assert rows.user("X", blocked, None).blocked
    assert rows.account({**blocked, "rights": []}, {}).blocked
