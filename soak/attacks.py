"""Hostile texts on real wikis: the whole corpus, mixtures of it and generated ones, in every context that we write.

It builds a farm of its own; with OABOT_FARM_STATE and OABOT_FARM_PORT, there.
"""

from __future__ import annotations

import itertools
import os
import random
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oabot.wikitext import Wikitext, clean, escape

if TYPE_CHECKING:
    from tests.local_farm import Farm

GENERATED = 2000
QUICK = 120
_BATCH = 150
"""Attacks on one page that the wiki parses."""


def run(*, quick: bool, seed: int) -> dict[str, Any]:
    """As `tried`, on a farm of its own."""
    with _farm() as farm:
        return tried(farm, quick=quick, seed=seed)


def tried(farm: Farm, *, quick: bool, seed: int) -> dict[str, Any]:
    """Every attack in every context on every wiki; what shows otherwise than it was written, or does anything."""
    from tests.e2e.test_escape_on_mediawiki import CONTEXTS, WIKIS

    corpus = _corpus()
    made = _generated(corpus, QUICK if quick else GENERATED, seed)
    texts = made if quick else [*corpus, *made]
    contexts = CONTEXTS[:2] if quick else CONTEXTS
    wikis = WIKIS[1:2] if quick else WIKIS
    broken: list[str] = []
    number = 0
    for dbname, context in itertools.product(wikis, contexts):
        for start in range(0, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            number += len(batch)
            broken += [f"{dbname}, {context.__name__}: {text!r}" for text in _harmful(farm, dbname, context, batch)]
    return {
        "attacks": len(texts),
        "contexts": len(contexts),
        "wikis": len(wikis),
        "tried": number,
        "broken": broken[:20],
    }


def _corpus() -> list[str]:
    from tests.attacks import attacks

    return [attack.text for attack in attacks()]


def _generated(corpus: Sequence[str], number: int, seed: int) -> list[str]:
    """Mixtures of the corpus's pieces, and what Hypothesis makes of characters that wikitext reads something into."""
    chance = random.Random(seed)  # noqa: S311 - it has to repeat itself
    pieces = sorted({piece for text in corpus for piece in re.findall(r"\w+|\s+|[^\w\s]+", text[:200])})
    half = number // 2
    mixed = ["".join(chance.choices(pieces, k=chance.randint(2, 12))) for _ in range(half)]
    return [*mixed, *_by_hypothesis(number - half, seed)]


def _by_hypothesis(number: int, seed: int) -> list[str]:
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import seed as seeded
    from hypothesis import strategies as st

    active = st.sampled_from(
        [*"{}[]|<>='\"&;:#*~_-!\n\t/\\^`", "{{", "}}", "[[", "]]", "<!--", "-->", "-{", "}-", "~~~"]
    )
    words = st.sampled_from(["subst:", "nowiki", "ref", "Category:", "http://x.example", "RFC 1", "__NOTOC__", "style"])
    found: list[str] = []

    @seeded(seed)
    @settings(
        max_examples=number, phases=[Phase.generate], database=None, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.lists(st.one_of(active, words, st.characters(), st.text(max_size=4)), min_size=1, max_size=30))
    def collect(parts: list[str]) -> None:
        found.append("".join(parts))

    collect()
    return found


def _harmful(farm: Farm, dbname: str, context: Any, texts: Sequence[str]) -> list[str]:  # noqa: ANN401 - of the suite
    """Those of the texts that do something; a page with all of them first, then each alone to find which."""
    if _is_inert(farm, dbname, context, texts):
        return []
    return [text for text in texts if not _is_inert(farm, dbname, context, [text])] or [f"only together: {texts!r}"]


def _is_inert(farm: Farm, dbname: str, context: Any, texts: Sequence[str]) -> bool:  # noqa: ANN401 - of the suite
    from tests.e2e.test_escape_on_mediawiki import LIMIT, PLACEHOLDER, Events, parse, side_effects

    hostile = context([escape(text, LIMIT) or Wikitext("nothing") for text in texts])
    harmless = context([Wikitext(f"placeholder{index}x") for index in range(len(texts))])
    attacked, peaceful = parse(farm, dbname, hostile), parse(farm, dbname, harmless)

    def shown(event: str) -> str:
        words = PLACEHOLDER.sub(lambda found: clean(texts[int(found[1])], LIMIT) or "nothing", event)
        return re.sub("[ \n]+", " ", words)

    wanted = [shown(event) for event in Events(peaceful["text"]).events]
    return (
        attacked["psttext"] == attacked["wikitext"] == hostile
        and side_effects(attacked) == side_effects(peaceful)
        and Events(attacked["text"]).events == wanted
    )


@contextmanager
def _farm() -> Iterator[Farm]:
    from tests.local_farm import Farm

    with tempfile.TemporaryDirectory(prefix="oabot-soak-") as folder:
        state = Path(os.environ.get("OABOT_FARM_STATE") or f"{folder}/state")
        farm = Farm(state, int(os.environ.get("OABOT_FARM_PORT") or 8400))
        for verb in ("install", "build", "start"):
            farm.do(verb)
        try:
            yield farm
        finally:
            farm.do("stop")
