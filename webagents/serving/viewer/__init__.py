"""Pages for people to step through the episodes of a dataset or a run, without any network."""

from webagents.serving.viewer.writing import view

__all__ = ["view"]
