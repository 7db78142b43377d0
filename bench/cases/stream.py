"""Processor time for a million events of the stream, in the service's own framing: a chunk for each line.

Everything planted has to be found and nothing else: quoted and escaped look-alikes, U+2028, canaries, missing users,
a steward's unlock of a case's target. The floor receives the bytes and looks for one word.
"""

from __future__ import annotations

import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import process
from bench.events import frames
from bench.measure import Figure, Sample, Scale, alternate, require


def figures(scale: Scale) -> Iterator[Figure]:
    """Listen to the whole corpus."""
    number = scale.of(100_000, 2_000)
    with tempfile.TemporaryDirectory(prefix="oabot-bench-") as folder:
        path = Path(folder) / "stream"
        data, wanted, events = frames(number)
        path.write_bytes(data)
        with process.wikis({"wikis": {"metawiki": "en"}, "stream": str(path)}) as server:
            million = 1_000_000 / events

            def listener(*program: str) -> Callable[[], Sample]:
                def once() -> Sample:
                    said = process.run(*program, wanted[-1])
                    require(sorted(said["woken"]) == sorted(wanted), "not exactly what was planted was found")
                    return {"cpu": said["cpu"] * million}

                return once

            ways = {
                "ours": listener("bench.listener", server.stream),
                "peer": listener("bench.peer", "stream", server.url),
                "floor": lambda: {"cpu": _floor(server.port, len(data)) * million},
            }
            took = alternate(scale, ways)
    cpu = {name: medians["cpu"] for name, medians in took.items()}
    yield Figure("stream", "a million events", "s CPU", cpu["ours"], cpu["peer"], cpu["floor"], target=6)


def _floor(port: int, size: int) -> float:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /v2/stream/recentchange HTTP/1.1\r\nHost: x\r\n\r\n")
        room = bytearray(1 << 18)
        cpu, seen = time.process_time(), 0
        while seen < size:
            got = connection.recv_into(room)
            room.find(b"WMF", 0, got)
            seen += got
        return time.process_time() - cpu
