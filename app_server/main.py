"""The app put together: routers, middleware, lifespan. What any of them does is in its own package."""

import gc
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from anyio import CapacityLimiter, to_thread
from anyio.to_thread import current_default_thread_limiter
from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware.cors import CORSMiddleware

from app_server import docs_page, health, logs, problems
from app_server.auth import endpoints as auth
from app_server.auth.device_keys import DeviceKeys
from app_server.auth.keys import KeyFile
from app_server.auth.passwords import nobodys_hash
from app_server.auth.tokens import AccessTokens
from app_server.boards.due import DueBoards
from app_server.bulletins import endpoints as bulletins
from app_server.cards import endpoints as cards
from app_server.cards.service import CardReader
from app_server.cases import endpoints as cases
from app_server.clock import Clock, SystemClock
from app_server.confirmations import endpoints as confirmations
from app_server.confirmations.sender import sender_of
from app_server.confirmations.service import Codes
from app_server.database import Database
from app_server.docs_page import OPENAPI_PATH
from app_server.leave import endpoints as leave
from app_server.lending import endpoints as lending
from app_server.meetings import endpoints as meetings
from app_server.month import endpoints as month
from app_server.morning import endpoints as morning
from app_server.notices import endpoints as notices
from app_server.packs import endpoints as packs
from app_server.people import endpoints as people
from app_server.plans import endpoints as plans
from app_server.quality import endpoints as quality
from app_server.recordings import endpoints as recordings
from app_server.recordings.service import RecordingShelf
from app_server.request_body import BoundedBody
from app_server.reviews import endpoints as reviews
from app_server.security_headers import SecurityHeaders
from app_server.settings import Settings
from app_server.sync import endpoints as sync
from app_server.sync.proofs import ProofReader
from app_server.team import endpoints as team
from app_server.team.live import Streams
from app_server.telephony import endpoints as telephony
from app_server.telephony.keys import TelephonyKeyFile
from app_server.trainings import endpoints as trainings
from shared_models.sync import MAX_BODY_BYTES

if TYPE_CHECKING:
    from app_server.web_client import ClientMain

# Objects; a batch of a phone makes some thousands, nearly all of which go without a collector.
COLLECT_AFTER = 20_000
# Seconds that one thread may keep the interpreter when others want it. A push leaves it to the database every few
# milliseconds anyway; being put off in between costs up to a tenth of the pushes (docs/performance.md).
SWITCH_AFTER = 0.02

# FastAPI's own would hand exceptions' messages and whole addresses to whatever collector the environment names, and those
# may name a customer. What is measured here is health.py's.
_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False}

# Every capability adds its router here; what phones ask all day long is looked through first.
ROUTERS: tuple[APIRouter, ...] = (
    sync.router,
    health.router,
    docs_page.router,
    auth.router,
    team.router,
    plans.router,
    morning.router,
    lending.router,
    notices.router,
    leave.router,
    reviews.router,
    cards.router,
    confirmations.router,
    telephony.router,
    quality.router,
    recordings.router,
    cases.router,
    meetings.router,
    people.router,
    bulletins.router,
    packs.router,
    month.router,
    trainings.router,
)


def create_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    client: "ClientMain | None" = None,
) -> FastAPI:
    """The server over one database; with `client`, the Flet app's main, the app at `/` too. The clock is the machine's."""
    clock = clock or SystemClock()
    database = Database(settings.database_url, settings)
    key_file = KeyFile(settings.keys_file, settings.token_algorithm)
    key_file.prepare(clock.now())
    device_keys = DeviceKeys(settings.device_secret_file)
    device_keys.prepare()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncGenerator[None]:
        app.state.sign_in_limiter = CapacityLimiter(settings.sign_in_workers)
        # The first unknown login must not take longer than a known one.
        await to_thread.run_sync(nobodys_hash)
        # More threads than connections would only wait for one, and take the interpreter from each other meanwhile.
        current_default_thread_limiter().total_tokens = settings.database_pool_size
        async with AsyncExitStack() as stack:
            stack.callback(database.dispose)
            if client is not None:
                from app_server.web_client import client_lifespan

                await stack.enter_async_context(client_lifespan())
            yield

    app = FastAPI(
        title="Day2053",
        openapi_url=OPENAPI_PATH,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        telemetry=_TELEMETRY,
    )
    app.state.database = database
    app.state.clock = clock
    app.state.due_boards = DueBoards(database)
    app.state.settings = settings
    app.state.access_tokens = AccessTokens(
        key_file, algorithm=settings.token_algorithm, life=settings.access_token_life
    )
    app.state.device_keys = device_keys
    app.state.card_reader = CardReader(settings)
    app.state.codes = Codes(settings, sender_of(settings))
    app.state.proofs = ProofReader(app.state.card_reader, app.state.codes)
    app.state.telephony_keys = TelephonyKeyFile(settings.telephony_keys_file)
    app.state.recording_shelf = RecordingShelf.of(settings)
    app.state.streams = Streams(settings.streams)
    app.state.metrics = health.Metrics()
    for router in ROUTERS:
        app.include_router(router)
    # The last one added is the first to see a request.
    app.add_middleware(
        BoundedBody,
        max_bytes=MAX_BODY_BYTES,
        timeout_seconds=settings.body_timeout_seconds,
        is_streamed=telephony.is_upload,
    )
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware, allow_origins=settings.cors_origins, allow_methods=["*"], allow_headers=["*"]
        )
    problems.install(app)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(health.MeasuredRequests, metrics=app.state.metrics)
    if client is not None:
        from app_server.pwa import mount_pwa
        from app_server.web_client import mount_app

        mount_pwa(app)
        mount_app(app, client_main=client)
    return app


def create_served_app() -> FastAPI:
    """What each process of `day2053 serve` runs, from the environment: the API with the app at `/`."""
    from app_server.web_client import client_main

    logs.configure()
    app = create_app(Settings(), client=client_main())
    # What is loaded by now stays: the collector need not walk through all of it again and again under load.
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 10, 10)
    sys.setswitchinterval(SWITCH_AFTER)
    return app
