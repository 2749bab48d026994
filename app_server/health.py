"""For whoever operates the server: alive, ready, and measured. Nothing here tells of customers or staff."""

import os
import time
from functools import cache
from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app_server.dependencies import DatabaseDep
from app_server.migrations import require_migrated

router = APIRouter(tags=["health"])


class Metrics:
    """What is counted, by one app. With several processes set PROMETHEUS_MULTIPROC_DIR, and each adds its share."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "day2053_requests", "Requests by route and status", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "day2053_request_seconds", "Time to the end of the answer", ["method", "route"], registry=self.registry
        )
        self.activities = Counter(
            "day2053_activities", "Activities received by result and code", ["status", "code"], registry=self.registry
        )
        self.events = Counter(
            "day2053_telephony_events",
            "Exchanges' events by result and code",
            ["status", "code"],
            registry=self.registry,
        )
        self.recordings = Counter(
            "day2053_recordings", "Recordings uploaded by result and code", ["status", "code"], registry=self.registry
        )

    def text(self) -> bytes:
        """All of it in Prometheus' format."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        multiprocess.MultiProcessCollector(together)  # pyright: ignore[reportUnknownMemberType] - untyped there
        return generate_latest(together)


class MeasuredRequests:
    """Counts each request under its route's template: a path would make a series of every id."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._of_route = cache(self._children)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = "500"

        async def note_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, note_status)
        finally:
            route: Any = scope.get("route")  # set by the router for what it knows
            template = getattr(route, "path", None) or "other"
            method = scope["method"] if scope["method"] in _METHODS else "other"
            requests, seconds = self._of_route(method, template, status)
            requests.inc()
            seconds.observe(time.perf_counter() - started)

    def _children(self, method: str, template: str, status: str) -> tuple[Counter, Histogram]:
        return (
            self._metrics.requests.labels(method, template, status),
            self._metrics.seconds.labels(method, template),
        )


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


@router.get("/healthz")
def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/readyz")
def ready(db: DatabaseDep) -> dict[str, str]:
    """The database answers and is at this program's revision; else 503 with what to do."""
    require_migrated(db)
    return {"status": "ready"}


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Prometheus' format."""
    measured: Metrics = request.app.state.metrics
    return Response(measured.text(), media_type=CONTENT_TYPE_LATEST)
