"""`day2053 staff`: what an administrator does about somebody's sign-in. The rules are service.py's."""

from typing import Annotated

import typer

from app_server.auth import service
from app_server.clock import SystemClock
from app_server.installation import opened_database


def reset_password(
    login: Annotated[str, typer.Argument(help="Whose password it is.")],
) -> None:
    """Give somebody a temporary password, which opens only the choice of their own, and sign all their devices out."""
    with opened_database() as db:
        password = service.reset_password(db, login, actor=None, now=SystemClock().now())
    typer.echo(f"{login} signs in with the temporary password {password}")
    typer.echo("All their devices are signed out; what waits on them to be sent stays there.")
