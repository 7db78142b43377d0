"""A MariaDB server of our own for tests, set as ToolsDB is; ended with whoever started it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import pymysql

_INSTALL = ("apt-get", "-o", "DPkg::Lock::Timeout=600", "install", "-y", "--no-install-recommends", "mariadb-server")
_AS_TOOLSDB = (
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_unicode_ci",
    "--sql-mode=STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION",
    "--innodb-strict-mode=ON",
    "--binlog-format=ROW",
    "--log-bin=binlog",
    "--max-allowed-packet=32M",
    "--max-user-connections=20",
)
_SMALL = (
    "--innodb-buffer-pool-size=32M",
    "--innodb-log-file-size=8M",
    "--performance-schema=OFF",
    "--skip-name-resolve",
)


class Unavailable(Exception):
    """There is no mariadb-server here and it can't be installed."""


class MariaDbServer:
    """A private server on a Unix socket in `folder`; with `port` also on 127.0.0.1. A context manager."""

    def __init__(self, folder: Path, wait_timeout: int = 600, port: int | None = None) -> None:
        self._folder = folder
        self._socket = folder / "db.sock"
        self._wait_timeout = wait_timeout
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        _install()
        data = self._folder / "data"
        if not data.exists():
            made = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--skip-test-db", *_user()]
            # Otherwise the server's root may only be this machine's root.
            subprocess.run([*made, "--auth-root-authentication-method=normal"], check=True, capture_output=True)
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start it on the data that it has, and wait until it answers."""
        network = ["--skip-networking"] if self._port is None else [f"--port={self._port}", "--bind-address=127.0.0.1"]
        command = ["mariadbd", "--no-defaults", f"--datadir={self._folder / 'data'}", f"--socket={self._socket}"]
        timeout = f"--wait-timeout={self._wait_timeout}"
        pid = f"--pid-file={self._folder / 'db.pid'}"
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*command, pid, timeout, *network, *_AS_TOOLSDB, *_SMALL, *_user()], stdout=log, stderr=log
            )
        for _ in range(600):
            if self._answers():
                return
            if self._process.poll() is not None:
                raise RuntimeError((self._folder / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.1)
        raise RuntimeError("the database server doesn't answer")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End it."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None

    def _answers(self) -> bool:
        # By hand, for pymysql leaves a socket open when it is refused.
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self._socket)) == 0

    def sql(self, statement: str, database: str | None = None) -> list[tuple[object, ...]]:
        """Run one statement as the server's root."""
        connection = pymysql.connect(
            user="root",
            database=database,
            autocommit=True,
            charset="utf8mb4",
            ssl_disabled=True,
            defer_connect=True,
        )
        # PyMySQL leaves a socket of its own open where the server is away.
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self._socket))
            connection.connect(line)
            try:
                with connection.cursor() as cursor:
                    cursor.execute(statement)
                    return [tuple(row) for row in cursor.fetchall()]
            finally:
                connection.close()

    def url(self, database: str) -> str:
        """The address of a database of this name, which is made if there is none."""
        self.sql(f"CREATE DATABASE IF NOT EXISTS `{database}`")
        return f"mysql+pymysql://root@localhost/{database}?unix_socket={self._socket}"


def _install() -> None:
    if shutil.which("mariadbd"):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Unavailable("mariadb-server isn't installed; as root: apt-get install mariadb-server")
    done = subprocess.run(
        _INSTALL, capture_output=True, check=False, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    )
    if done.returncode != 0 or not shutil.which("mariadbd"):
        raise Unavailable("mariadb-server can't be installed by apt-get")


def _user() -> list[str]:
    return ["--user=root"] if os.geteuid() == 0 else []
