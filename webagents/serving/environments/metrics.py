"""What the server counts, in Prometheus' text format."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)


class Metrics:
    """Counters of one server, apart from those of any other in this process."""

    def __init__(self, sessions: Callable[[], int], browsers: Callable[[], int], most: int) -> None:
        """`sessions` and `browsers` count what there is now; `most` is how many sessions may be."""
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._gauge("webagents_sessions", "Sessions that are open.").set_function(sessions)
        self._gauge("webagents_sessions_limit", "Sessions that may be open.").set(most)
        self._gauge("webagents_browsers", "Browser processes that run.").set_function(browsers)
        self.opened = Counter(
            "webagents_sessions_opened", "Sessions that were opened.", registry=self._registry
        )
        self.ended = Counter(
            "webagents_sessions_ended",
            "Sessions that ended, by why.",
            ["reason"],
            registry=self._registry,
        )
        self.seconds = Histogram(
            "webagents_request_seconds",
            "Requests that were carried out, by type, and how long that took, waiting included.",
            ["type"],
            buckets=_SECONDS,
            registry=self._registry,
        )
        self.failed = Counter(
            "webagents_failures",
            "Requests that came to nothing, by the error's class.",
            ["kind"],
            registry=self._registry,
        )

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self._registry)

    def _gauge(self, name: str, told: str) -> Gauge:
        return Gauge(name, told, registry=self._registry)
