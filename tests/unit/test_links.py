"""A discussion's link names a page and a section, however people wrote it."""

from __future__ import annotations

import pytest

from oabot.links import Link, has_section, read_link

ADDRESSES = {
    "metawiki": "https://meta.example",
    "ruwiki": "https://ru.example",
    "commonswiki": "https://commons.example",
}


@pytest.mark.parametrize(
    ("written", "link"),
    [
        ("Talk:Trust and Safety#About a lock", Link("metawiki", "Talk:Trust and Safety", "About a lock")),
        ("m:Talk:Trust_and_Safety", Link("metawiki", "Talk:Trust and Safety")),
        (":ru:Обсуждение:Пример#Раздел_1", Link("ruwiki", "Обсуждение:Пример", "Раздел 1")),
        ("w:ru:Обсуждение:Пример", Link("ruwiki", "Обсуждение:Пример")),
        ("ruwiki:Обсуждение:Пример", Link("ruwiki", "Обсуждение:Пример")),
        ("c:Commons talk:Office actions", Link("commonswiki", "Commons talk:Office actions")),
        ("https://ru.example/wiki/%D0%9F#%D0%A0_1", Link("ruwiki", "П", "Р 1")),
        ("https://meta.example/w/index.php?title=Talk:X#Y", Link("metawiki", "Talk:X", "Y")),
        ("https://elsewhere.example/wiki/X", None),
        ("https://meta.example/", None),
        ("", None),
        ("#Section", None),
    ],
)
def test_a_link_names_a_wiki_a_page_and_a_section(written: str, link: Link | None) -> None:
    assert read_link(written, "metawiki", ADDRESSES) == link


@pytest.mark.parametrize(
    ("text", "section", "there"),
    [
        ("== About a lock ==", "About a lock", True),
        ("===  '''About''' a [[lock|lock]] === <!--x-->", "About a lock", True),
        ("== Раздел ==", ".D0.A0.D0.B0.D0.B7.D0.B4.D0.B5.D0.BB", True),
        ("== One ==\n== One ==", "One 2", True),
        ("== One ==", "One 2", False),
        ("<!-- == One == -->\n<nowiki>\n== One ==\n</nowiki>", "One", False),
        ("text == One == text", "One", False),
        ("== one ==", "One", False),
    ],
)
def test_a_section_is_found_by_its_title_alone(text: str, section: str, there: bool) -> None:
    assert has_section(text, section) is there
