"""The made-up catalogue: products, attributes and instructions of a shop that does not exist."""

from __future__ import annotations

from webagents.envs.webshop.inventing.stream import Invented, invent

__all__ = ["Invented", "invent"]
