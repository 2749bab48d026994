"""Passwords that people choose: what one must be like, and the request that sets one. Hashing and checking are the server's."""

from enum import StrEnum

from pydantic import BaseModel, Field

MIN_CHARS = 10
MAX_CHARS = 1024
# Fewer different characters than this are "1111111111" and its like.
MIN_DIFFERENT = 5
_RUNS = ("01234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


class PasswordTrouble(StrEnum):
    """Why a password cannot be taken."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    TOO_SIMPLE = "too_simple"
    HAS_LOGIN = "has_login"
    NOT_NEW = "not_new"


class PasswordChange(BaseModel):
    """The body of `POST /auth/password`."""

    current_password: str = Field(max_length=MAX_CHARS, repr=False)
    new_password: str = Field(max_length=4 * MAX_CHARS, repr=False)


def password_trouble(password: str, *, login: str, current: str) -> PasswordTrouble | None:
    """What is wrong with a new password; None for nothing. Length counts, not a mix of kinds (NIST SP 800-63B §3.1.1.2)."""
    folded = password.casefold()
    if len(password) < MIN_CHARS:
        return PasswordTrouble.TOO_SHORT
    if len(password) > MAX_CHARS:
        return PasswordTrouble.TOO_LONG
    if password == current:
        return PasswordTrouble.NOT_NEW
    if login.casefold() in folded:
        return PasswordTrouble.HAS_LOGIN
    if len(set(folded)) < MIN_DIFFERENT or any(folded in run or folded in run[::-1] for run in _RUNS):
        return PasswordTrouble.TOO_SIMPLE
    return None
