"""The DomainError family: what can go wrong in the product's own terms. HTTP statuses are app_server/problems.py's."""


class DomainError(Exception):
    """A rule of the product refused something.

    `code` is stable and machine-readable, `detail` one English sentence a person can act on;
    the phone shows its own translation of `code` and falls back to `detail`.
    """

    code = "error"

    def __init__(self, detail: str, *, code: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        if code is not None:
            self.code = code


class BadInput(DomainError):
    """The request cannot be understood or breaks a stated limit."""

    code = "bad_input"


class NotFound(DomainError):
    """The thing does not exist, or not for this caller: the two are never told apart."""

    code = "not_found"


class Forbidden(DomainError):
    """The caller is known, and this is not theirs to do."""

    code = "forbidden"


class PasswordChangeRequired(Forbidden):
    """The caller's password is a temporary one: it opens nothing but its own change."""

    code = "password_change_required"


class WrongPassword(Forbidden):
    """The password that was to confirm something is not the caller's."""

    code = "wrong_password"


class WeakPassword(BadInput):
    """The new password cannot be taken; the sentence says why."""

    code = "weak_password"


class NotSignedIn(DomainError):
    """No valid access token came with the request. `challenge` says how one is to be signed in (RFC 9110 §11.6.1)."""

    code = "not_signed_in"
    challenge = 'Bearer realm="day2053"'


class Conflict(DomainError):
    """The state of the thing does not allow this now."""

    code = "conflict"


class CursorExpired(Conflict):
    """The sync cursor is unknown or outlived; the phone starts again from null, outbox untouched."""

    code = "cursor_expired"


class NoticeChanged(Conflict):
    """Another head has changed what is said to a unit since it was looked at."""

    code = "notice_changed"


class PlanFrozen(Conflict):
    """The list is frozen: whoever wants to change it unfreezes it first, with a word."""

    code = "plan_frozen"


class PlanChanged(Conflict):
    """Somebody else changed the list since the version a change was made from; nothing was stored."""

    code = "plan_changed"


class TooLarge(DomainError):
    """More activities or bytes than one call may carry; nothing was stored."""

    code = "too_large"


class Throttled(DomainError):
    """Too many failures; try again after `retry_after` seconds."""

    code = "throttled"

    def __init__(self, detail: str, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class NotReady(DomainError):
    """The program and its database do not fit each other."""

    code = "not_ready"
