"""Addresses that the operator gives: which may be asked, and by which way."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

from oabot.errors import ConfigError


def checked(url: str) -> SplitResult:
    """The parts of an address that may be asked. Raises: `ConfigError` for any other."""
    address = urlsplit(url)
    if not address.hostname or address.username or address.password or address.query or address.fragment:
        raise ConfigError("an address is https://HOST/PATH, with nothing before the host or after the path")
    if address.scheme != "https" and not (address.scheme == "http" and is_loopback(address)):
        raise ConfigError("an address has to be https, but on this machine itself")
    return address


def is_loopback(address: SplitResult) -> bool:
    """Whether the address is on this machine."""
    host = address.hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def proxy(address: SplitResult) -> str | None:
    """The proxy that the environment names for an address on another machine."""
    if is_loopback(address):
        return None
    from urllib.request import getproxies, proxy_bypass  # slow to load

    if proxy_bypass(address.hostname or ""):
        return None
    named = getproxies()
    return named.get(address.scheme) or named.get("all")
