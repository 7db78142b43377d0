import mwparserfromhell
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oabot.wikitext import Wikitext, escape, external, link
from tests.attacks import Attack, attacks

UNHURRIED = settings(deadline=None)
"""How long a busy machine takes for one example says nothing."""

TEXT = Wikitext("text")


@pytest.mark.parametrize(
    ("target", "wikitext"),
    [
        ("Main Page", "[[:Main Page|text]]"),
        ("Category:Example", "[[:Category&#58;Example|text]]"),
        (":Category:Example", "[[:Category&#58;Example|text]]"),
        ("Special:CentralAuth/~2025-1234", "[[:Special&#58;CentralAuth/&#126;2025&#45;1234|text]]"),
        ("Special:Redirect/logid/123", "[[:Special&#58;Redirect/logid/123|text]]"),
        ("m:Talk:Example#A section", "[[:m&#58;Talk&#58;Example&#35;A section|text]]"),
        ("/sub", "[[:/sub|text]]"),
        ("Special:CentralAuth/" + "é" * 127, "[[:Special&#58;CentralAuth/" + "é" * 127 + "|text]]"),
        ("Talk:" + "é" * 127, "[[:Talk&#58;" + "é" * 127 + "|text]]"),
    ],
)
def test_a_page_is_linked_and_never_more_than_linked(target: str, wikitext: str) -> None:
    assert link(target, TEXT) == wikitext


@pytest.mark.parametrize(
    "target",
    ["", ":", "User:", "#section", "User:#section", "A|b", "A]]", "[A", "{{A}}", "A<b>", "A%41", "A&amp;", "~~~", "..",
     "../A", "A/./B", "User::A", "é" * 128, "User:" + "é" * 128, "Special:X/" + "é" * 256],
)  # fmt: skip
def test_what_is_no_title_is_not_linked(target: str) -> None:
    assert link(target, TEXT) == TEXT


def test_a_link_without_a_text_shows_its_target() -> None:
    assert link("A_b", Wikitext("")) == "[[:A&#95;b|A&#95;b]]"


@pytest.mark.parametrize("attack", attacks(), ids=str)
def test_no_attack_makes_a_link_target_more_than_one_link_or_text(attack: Attack) -> None:
    nodes = mwparserfromhell.parse(link(f"User:{attack.text}", TEXT)).nodes

    assert len(nodes) == 1
    assert isinstance(nodes[0], mwparserfromhell.nodes.Wikilink) or nodes[0] == TEXT


@UNHURRIED
@given(st.text())
def test_no_text_in_an_address_ends_the_link(text: str) -> None:
    wikitext = external(f"https://example.org/?x={text}", TEXT)

    assert wikitext.startswith("[https://example.org/?x=")
    assert not set(wikitext[1:-6]) & set(" []{}|<>'\"\n;!~")
    assert wikitext.endswith(" text]")


def test_an_address_that_is_encoded_already_stays() -> None:
    address = "https://meta.wikimedia.org/w/index.php?title=Special:Log&logid=12&page=A%20b"

    assert external(address, TEXT) == f"[{address} text]"


def test_double_underscores_and_tildes_in_an_address_switch_and_sign_nothing() -> None:
    assert external("https://example.org/__TOC__~~~~", TEXT) == "[https://example.org/_%5FTOC_%5F%7E%7E%7E%7E text]"


def test_an_address_without_a_text_shows_itself() -> None:
    assert (
        external("https://example.org/a", Wikitext("")) == f"[https://example.org/a {escape('https://example.org/a')}]"
    )


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "//example.org", "https://", "https:///x", "", "x https://example.org"]
)
def test_an_address_that_names_no_host_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="must begin with"):
        external(url, TEXT)
