from __future__ import annotations

import pytest

from oabot.errors import ConfigError
from oabot.useragent import user_agent


@pytest.mark.parametrize("contact", ["https://meta.wikimedia.org/wiki/User:Example", "operator@example.org"])
def test_the_user_agent_says_who_we_are_and_whom_to_ask(contact: str) -> None:
    said = user_agent(contact, "1.2")

    assert said.startswith("oabot/1.2 (")
    assert contact in said


@pytest.mark.parametrize(
    "contact", ["", "me", "http://example.org", "a@b\r\nX: y", "a@b (c)", "é@example.org", "{a}@b"]
)
def test_a_contact_that_is_none_or_breaks_a_header_is_refused(contact: str) -> None:
    with pytest.raises(ConfigError, match="contact"):
        user_agent(contact, "1.2")
