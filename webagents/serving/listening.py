"""Where a server listens, under which names it is known, and what its tokens look like."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Set
from urllib.parse import urlsplit

from webagents.errors import UserError


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there; port 0 takes a free one.

    Raises:
        UserError: nobody can.
    """
    name = host.strip("[]")
    family = socket.AF_INET6 if ":" in name else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((name, port))
        listening.listen(1024)
    except OSError as error:
        listening.close()
        raise UserError(
            f"cannot listen on {host}:{port}: {error.strerror or error}; choose another port"
        ) from error
    return listening


def loopback(host: str) -> bool:
    """Whether a host is this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def shown_host(host: str) -> str:
    """A host as an address has it; this machine's name where it stands for all its addresses."""
    if host in ("0.0.0.0", "::", "[::]"):  # noqa: S104 (told apart, not bound)
        return socket.gethostname()
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def own_names(host: str) -> Set[str]:
    """The names that a server on `host` is known under, beside addresses."""
    return {"localhost", host, socket.gethostname(), socket.getfqdn()}


def known_host(host: str, names: Set[str]) -> bool:
    """Whether a request's Host is one of `names`, or an address.

    A name can be rebound to this machine, an address cannot.
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
        if name in names:
            return True
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def plain_token(token: str, least: int) -> bool:
    """Whether a token is `least` to 200 letters, digits, - and _."""
    if not least <= len(token) <= 200:
        return False
    return token.isascii() and token.replace("-", "").replace("_", "").isalnum()
