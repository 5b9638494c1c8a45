"""The search engine of the shop: BM25 over the products' texts, equal to the original's."""

from webagents.envs.webshop.search.engine import SearchEngine

__all__ = ["SearchEngine"]
