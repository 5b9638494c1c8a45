"""What `webagents serve` is told, and the token that it asks for."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from webagents.errors import UserError
from webagents.serving.listening import loopback, plain_token
from webagents.serving.shop import ShopConfig

TOKEN = "WEBAGENTS_TOKEN"  # noqa: S105 (the variable's name)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeConfig:
    """What `serve` does.

    tasks: what can be played: ids, sets (``@webgum56``) and globs (``miniwob.click-*``), by comma.
    host: the address the server listens on; beyond this machine it wants a token, see --token-file.
    port: its port; 0 takes a free one.
    sessions: how many sessions are played at once; one more is refused.
    browsers: how many browser processes they share; by default one a processor.
    idle: seconds after which a session without a request ends.
    linger: seconds that a session waits for a client whose connection was lost.
    message_bytes: how large a request may be.
    token_file: a file whose first line is the token that clients have to show; without it
        $WEBAGENTS_TOKEN, if there is one.
    browser: the browser's executable; by default the one that `webagents doctor` finds.
    webshop: serve the shop of WebShop for people to walk through instead; the rest is for this.
    shop: the shop's catalogue, the name of one that was imported or a folder; by default the
        bundled one.
    goals: the shop's goals, "human" or "synthetic".
    show_attrs: whether products have a page that lists their attributes.
    """

    tasks: str = "*"
    host: str = "127.0.0.1"
    port: int = 8000
    sessions: int = 64
    browsers: int | None = None
    idle: float = 600.0
    linger: float = 30.0
    message_bytes: int = 2**20
    token_file: Path | None = None
    browser: str | None = None
    webshop: bool = False
    shop: str | None = None
    goals: str = "human"
    show_attrs: bool = False

    def __post_init__(self) -> None:
        for name, least, most in (
            ("port", 0, 65_535),
            ("sessions", 1, 10_000),
            ("browsers", 1, 1_000),
            ("idle", 0.1, 7 * 86_400.0),
            ("linger", 0.0, 86_400.0),
            ("message_bytes", 1_024, 64 * 2**20),
        ):
            value = getattr(self, name)
            if value is not None and not least <= value <= most:
                raise UserError(f"{name} is {least} to {most}, not {value}")

    def of_shop(self) -> ShopConfig:
        """What concerns the shop."""
        return ShopConfig(
            shop=self.shop,
            goals=self.goals,
            show_attrs=self.show_attrs,
            host=self.host,
            port=self.port,
        )


def token_of(config: ServeConfig, environment: Mapping[str, str] = os.environ) -> str | None:
    """The token that clients have to show; None: none, which only this machine's own may.

    Raises:
        UserError: a file that cannot be read, a token that is none, or none beyond this machine.
    """
    if config.token_file is not None:
        try:
            token = config.token_file.read_text(encoding="utf-8").partition("\n")[0].strip()
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"no token can be read from {config.token_file}: {error}") from error
        origin = str(config.token_file)
    else:
        token, origin = environment.get(TOKEN, "").strip(), f"${TOKEN}"
        if not token:
            if loopback(config.host):
                return None
            raise UserError(
                f"{config.host} is beyond this machine: set ${TOKEN} or name a --token-file, and "
                "give clients the same token; `python -c 'import secrets; "
                "print(secrets.token_urlsafe(24))'` makes one"
            )
    if not plain_token(token, least=16):
        raise UserError(f"the token in {origin} is not 16 to 200 letters, digits, - and _")
    return token
