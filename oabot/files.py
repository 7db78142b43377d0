"""Files that are whole or not there: all are written beside their places first, then put there."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Final

PRIVATE: Final = 0o600
"""For their owner alone."""


def write(files: Mapping[Path, str], mode: int = PRIVATE) -> None:
    """Write texts over what was there, in UTF-8 and as they are, into folders that are there.

    If one can't be written, the old ones stay as they were. Raises: `OSError`.
    """
    begun: dict[Path, Path] = {}
    try:
        for file, text in files.items():
            begun[file] = file.with_name(f".{secrets.token_hex(8)}.new")
            # Nobody else's file or link of that name is ever written to.
            number = os.open(begun[file], os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
            with os.fdopen(number, "w", encoding="utf-8", newline="") as new:
                new.write(text)
        for file, new_file in list(begun.items()):
            new_file.replace(file)
            del begun[file]
    finally:
        for left in begun.values():
            with contextlib.suppress(OSError):
                left.unlink()
