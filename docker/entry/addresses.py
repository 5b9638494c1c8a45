"""Prints addresses of servers, by comma, a name that stands for several machines as all of these.

``python3 addresses.py http://server:8000`` gives ``http://172.18.0.2:8000,http://172.18.0.3:8000``.
"""

import socket
import sys
from urllib.parse import urlsplit


def machines(url: str) -> list[str]:
    """The addresses that one stands for; an https:// one is its name's, which a certificate has."""
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname:
        return [url]
    try:
        found = socket.getaddrinfo(parts.hostname, None, socket.AF_INET, socket.SOCK_STREAM)
    except OSError:
        return [url]  # who connects to it tells what is wrong
    hosts = sorted({where[0] for *_, where in found})
    if len(hosts) < 2:
        return [url]
    port = "" if parts.port is None else f":{parts.port}"
    return [f"http://{host}{port}{parts.path}" for host in hosts]


if __name__ == "__main__":
    words = (word.strip() for word in sys.argv[1].split(","))
    print(",".join(each for word in words if word for each in machines(word)))
