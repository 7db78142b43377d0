"""What is measured: one module a case."""

from collections.abc import Callable, Iterable, Mapping

from bench.cases import demo, fold, gap, idle, latency, region, service, start, stream, table, unchanged
from bench.measure import Figure, Scale

Cases = Mapping[str, Callable[[Scale], Iterable[Figure]]]
"""A name on the command line -> what measures it."""

CASES: Cases = {
    "table": table.figures,
    "region": region.figures,
    "fold": fold.figures,
    "stream": stream.figures,
    "start": start.figures,
    "idle": idle.figures,
    "service": service.figures,
    "unchanged": unchanged.figures,
    "gap": gap.figures,
    "latency": latency.figures,
    "demo": demo.figures,
}
"""All of them."""
