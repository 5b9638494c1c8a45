"""Episodes on disk: Parquet datasets, mixing and balancing, importers and exporters."""

from webagents.data.dataset import Dataset
from webagents.data.demonstration import Demonstration

__all__ = ["Dataset", "Demonstration"]
