"""HTTP of the round trip. The bounds of a body are request_body.py's, what it says is service.py's."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from pydantic_core import to_json

from app_server.auth.dependencies import Claims, access_claims
from app_server.clock import Clock
from app_server.database import Database
from app_server.health import Metrics
from app_server.sync import service
from app_server.sync.proofs import ProofReader
from shared_models.sync import SyncRequest, SyncResponse


class _Direct(APIRoute):
    # FastAPI finds out for each request what an endpoint depends on, which takes as long as judging a batch: here it is known.
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        async def handle(request: Request) -> Response:
            claims = await access_claims(request)
            received = await _received(request)
            return await run_in_threadpool(self.endpoint, claims, received)

        return handle


router = APIRouter(prefix="/api/v1", tags=["sync"], route_class=_Direct)


class Due(Protocol):
    """Whoever tells the feeds what begins with a day."""

    def tell(self, now: datetime) -> None:
        """Announce it, if that has not been done on this day."""
        ...


@dataclass(frozen=True, slots=True)
class _Received:
    body: bytes
    db: Database
    clock: Clock
    metrics: Metrics
    proofs: ProofReader
    due: Due


async def _received(request: Request) -> _Received:
    # One dependency for all: on this path, every phone's all day, each costs more than reading the token.
    state = request.app.state
    body = await request.body()
    return _Received(body, state.database, state.clock, state.metrics, state.proofs, state.due_boards)


@router.post(
    "/sync",
    response_model=SyncResponse,
    responses={
        403: {"description": "Not an advisor, or another device than the one signed in"},
        409: {"description": "`cursor_expired`: start again from null, the outbox untouched"},
        413: {"description": "Too many activities or bytes; nothing was stored"},
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": SyncRequest.model_json_schema()}},
        }
    },
)
def sync(claims: Claims, received: Annotated[_Received, Depends(_received)]) -> Response:
    """Take a phone's activities and hand back what it has not seen, in one durable transaction."""
    # Read as bytes and not by a parameter's model: one bad activity must not refuse the whole body.
    now = received.clock.now()
    received.due.tell(now)
    answer = service.synchronize(received.db, claims, received.body, proofs=received.proofs, now=now)
    for (status, code), count in answer.tally.items():
        received.metrics.activities.labels(status, code).inc(count)
    return Response(to_json(answer.reply), media_type="application/json")
