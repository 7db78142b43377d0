"""What is measured: one module a case."""

from collections.abc import Callable, Iterable, Mapping

from bench.cases import fold, latency, region, service, start, stream, table
from bench.measure import Figure, Scale

CASES: Mapping[str, Callable[[Scale], Iterable[Figure]]] = {
    "table": table.figures,
    "region": region.figures,
    "fold": fold.figures,
    "stream": stream.figures,
    "start": start.figures,
    "service": service.figures,
    "latency": latency.figures,
}
"""Its name on the command line -> what measures it."""
