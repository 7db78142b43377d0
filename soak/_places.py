"""Where bots that are killed live: their databases, in files and on a server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from tests.contract.mariadb import MariaDbServer


class Place(Protocol):
    """Where bots live: a folder with their wikis' pages, and their databases."""

    name: str
    folder: Path

    def url(self, bot: str) -> str:
        """The address of a bot's database."""

    def copy(self, bot: str, other: str) -> None:
        """Give `other` the same database as `bot`."""

    def remove(self, bot: str) -> None:
        """Let a bot's database go."""


class Files:
    """Databases in files."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def url(self, bot: str) -> str:
        """As `Place.url`."""
        return f"sqlite:///{self.folder}/{bot}.sqlite"

    def copy(self, bot: str, other: str) -> None:
        """As `Place.copy`."""
        for file in self.folder.glob(f"{bot}.sqlite*"):
            shutil.copyfile(file, file.with_name(f"{other}{file.name.removeprefix(bot)}"))

    def remove(self, bot: str) -> None:
        """As `Place.remove`."""
        for file in self.folder.glob(f"{bot}.sqlite*"):
            file.unlink()


class Server:
    """Databases on a server."""

    name = "mariadb"

    def __init__(self, folder: Path, server: MariaDbServer) -> None:
        self.folder, self._server = folder, server

    def url(self, bot: str) -> str:
        """As `Place.url`."""
        return self._server.url(bot)

    def copy(self, bot: str, other: str) -> None:
        """As `Place.copy`."""
        self._server.url(other)
        for (table,) in self._server.sql("SHOW TABLES", bot):
            self._server.sql(f"CREATE TABLE `{other}`.`{table}` LIKE `{bot}`.`{table}`")
            self._server.sql(f"INSERT INTO `{other}`.`{table}` SELECT * FROM `{bot}`.`{table}`")  # noqa: S608 - our own names

    def remove(self, bot: str) -> None:
        """As `Place.remove`."""
        self._server.sql(f"DROP DATABASE IF EXISTS `{bot}`")


def places(folder: Path, *, quick: bool) -> Iterator[Place]:
    """Where to try: files, and unless it has to be quick a server of its own."""
    files = folder / "sqlite"
    files.mkdir()
    yield Files(files)
    if quick:
        return
    from tests.contract.mariadb import MariaDbServer

    home = folder / "mariadb"
    home.mkdir()
    with MariaDbServer(home) as running:
        yield Server(home, running)
