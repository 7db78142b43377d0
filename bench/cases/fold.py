"""Judging log entries and folding them into cases; no peer does it.

The cost has to grow with the number of entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench.ledgers import NOW, Teller, entries
from bench.measure import Figure, Sample, Scale, alternate, require, timed
from oabot import rules
from oabot.cases import cases
from oabot.classify import judge

_RULES = rules.load()


def figures(scale: Scale) -> Iterator[Figure]:
    """50 000 entries; then what one entry costs among 5 000, 50 000 and 500 000."""
    sizes = {5_000: scale.of(5_000, 50), 50_000: scale.of(50_000, 100), 500_000: scale.of(500_000, 200)}
    took = alternate(scale, {f"{full}": _fold(number) for full, number in sizes.items()})
    yield Figure("fold", "50 000 judged entries into cases", "ms CPU", took["50000"]["fold_ms"], target=1000)
    yield Figure("fold", "50 000 entries judged, then folded", "ms CPU", took["50000"]["all_ms"])
    each = {full: took[f"{full}"]["fold_ms"] / number for full, number in sizes.items()}
    both = {full: took[f"{full}"]["all_ms"] / number for full, number in sizes.items()}
    for words, costs in (("folded", each), ("judged and folded", both)):
        spread = max(costs.values()) / min(costs.values())
        yield Figure("fold", f"cost of an entry, {words}: most / least", "ratio", spread, target=1.2)


def _fold(number: int) -> Callable[[], Sample]:
    teller = Teller()
    known = entries(teller.rows(number))

    def run() -> Sample:
        with timed() as judging:
            judgements = judge(known, _RULES)
        with timed() as folding:
            made = cases(known, judgements, NOW)
        require({case.id: case.status.value for case in made} == teller.expected, "the cases aren't as told")
        return {"fold_ms": folding.cpu_ms, "all_ms": judging.cpu_ms + folding.cpu_ms}

    return run
