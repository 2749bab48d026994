"""What any endpoint may ask for: the database, the clock, the settings. Who is calling is in auth/dependencies.py."""

from typing import Annotated

from fastapi import Depends, Request

from app_server.clock import Clock
from app_server.database import Database
from app_server.settings import Settings


async def _database(request: Request) -> Database:
    database = request.app.state.database
    assert isinstance(database, Database)
    return database


async def _clock(request: Request) -> Clock:
    return request.app.state.clock


async def _settings(request: Request) -> Settings:
    settings = request.app.state.settings
    assert isinstance(settings, Settings)
    return settings


DatabaseDep = Annotated[Database, Depends(_database)]
ClockDep = Annotated[Clock, Depends(_clock)]
SettingsDep = Annotated[Settings, Depends(_settings)]
