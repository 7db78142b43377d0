"""Samples of several ways to do one thing, taken in turn, and what is said of them."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

Sample = Mapping[str, float]
"""One run: metric -> value."""

Way = Callable[[], Sample]
"""Runs once; raises `Wrong` when what came out isn't what had to."""


class Wrong(Exception):
    """The work was not done right, so how fast it was says nothing."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured: all of it, or a form so small that it only shows that a case runs."""

    rounds: int = 5
    tiny: bool = False

    def of(self, full: int, tiny: int) -> int:
        """A number of things, by the scale."""
        return tiny if self.tiny else full


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table."""

    case: str
    what: str
    unit: str
    ours: float
    peer: float | None = None
    floor: float | None = None
    target: float | None = None
    """The most that ours may be; None where it only informs."""

    @property
    def met(self) -> bool:
        """Whether ours is no more than the target."""
        return self.target is None or self.ours <= self.target


@dataclass(slots=True)
class Timer:
    """How long the block took, once it is over."""

    cpu_ms: float = field(default=0.0)
    wall_ms: float = field(default=0.0)

    @property
    def sample(self) -> Sample:
        """Both times, by their names."""
        return {"cpu_ms": self.cpu_ms, "wall_ms": self.wall_ms}


@contextmanager
def timed() -> Iterator[Timer]:
    """Measure a block; as `timeit` does, garbage is collected before and after it, not in it."""
    gc.collect()
    gc.disable()
    timer = Timer()
    wall, cpu = time.perf_counter(), time.process_time()
    yield timer
    timer.cpu_ms, timer.wall_ms = (time.process_time() - cpu) * 1000, (time.perf_counter() - wall) * 1000
    gc.enable()


def alternate(scale: Scale, ways: Mapping[str, Way]) -> dict[str, dict[str, float]]:
    """The median of each metric of each way; a round runs every way once, and the next one begins with another."""
    samples: dict[str, list[Sample]] = {name: [] for name in ways}
    names = list(ways)
    for number in range(scale.rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            samples[name].append(ways[name]())
    return {name: _medians(taken) for name, taken in samples.items()}


def require(holds: object, what: str) -> None:
    """Raise `Wrong` unless it holds."""
    if not holds:
        raise Wrong(what)


def _medians(samples: list[Sample]) -> dict[str, float]:
    return {metric: statistics.median(sample[metric] for sample in samples) for metric in samples[0]}
