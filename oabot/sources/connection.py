"""A session of one connection to an address, which asks as nobody."""

from __future__ import annotations

from typing import Final
from urllib.parse import SplitResult

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from oabot.sources.address import is_loopback

_SCHEMES: Final = {"http": HTTPConnectionPool, "https": HTTPSConnectionPool}


def session(address: SplitResult, *connections: type[HTTPConnection]) -> requests.Session:
    """A session that connects by these classes, the plain one and the one with TLS."""
    made = requests.Session()
    made.auth = _nobody
    made.trust_env = not is_loopback(address)
    for scheme in _SCHEMES:
        made.mount(f"{scheme}://", _Adapter(*connections))
    return made


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Authenticate as nobody: without an authenticator requests looks a password up in .netrc."""
    return request


class _Adapter(HTTPAdapter):
    """One connection, without tries of its own: those are the caller's, who knows the deadline."""

    def __init__(self, *connections: type[HTTPConnection]) -> None:
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)
        self.poolmanager.pool_classes_by_scheme = {
            scheme: type(pool.__name__, (pool,), {"ConnectionCls": connection})
            for (scheme, pool), connection in zip(_SCHEMES.items(), connections, strict=True)
        }
