"""What is measured: one module a case."""

from collections.abc import Callable, Iterable, Mapping

from bench.cases import fold, region, service, stream, table
from bench.measure import Figure, Scale

CASES: Mapping[str, Callable[[Scale], Iterable[Figure]]] = {
    "table": table.figures,
    "region": region.figures,
    "fold": fold.figures,
    "stream": stream.figures,
    "service": service.figures,
}
"""Its name on the command line -> what measures it."""
