"""The nouns of a product's title, by which WebShop's reward compares two products' kinds.

The original asks spaCy's small English model for the tokens tagged NOUN or PROPN. `tagger` answers
nearly the same with nothing to install or download: spaCy's way of splitting texts, and a small
network that was taught to answer as spaCy does (`distil`, the only module here that needs spaCy).
How often the reward comes out the same is measured by ``benchmarks/webshop_nouns.py``.
`spacy_tagger` asks spaCy itself, where it is installed.
"""

from webagents.envs.webshop.nouns.taggers import NounTagger, Tagger, spacy_tagger, tagger

__all__ = ["NounTagger", "Tagger", "spacy_tagger", "tagger"]
