"""A session of few connections to an address, which asks as nobody."""

from __future__ import annotations

from typing import Final
from urllib.parse import SplitResult

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from oabot.sources.address import is_loopback

_SCHEMES: Final = {"http": HTTPConnectionPool, "https": HTTPSConnectionPool}


def session(
    address: SplitResult, plain: type[HTTPConnection], secure: type[HTTPConnection], connections: int = 1
) -> requests.Session:
    """A session that keeps so many connections of these classes."""
    made = requests.Session()
    made.auth = _nobody
    made.trust_env = not is_loopback(address)
    for scheme in _SCHEMES:
        made.mount(f"{scheme}://", _Adapter((plain, secure), connections))
    return made


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Authenticate as nobody: without an authenticator requests looks a password up in .netrc."""
    return request


class _Adapter(HTTPAdapter):
    """Without tries of its own: those are the caller's, who knows the deadline."""

    def __init__(self, classes: tuple[type[HTTPConnection], type[HTTPConnection]], connections: int) -> None:
        super().__init__(pool_connections=1, pool_maxsize=connections, max_retries=0)
        self.poolmanager.pool_classes_by_scheme = {
            scheme: type(pool.__name__, (pool,), {"ConnectionCls": connection})
            for (scheme, pool), connection in zip(_SCHEMES.items(), classes, strict=True)
        }
