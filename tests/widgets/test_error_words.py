"""What the server refuses is said in the person's language, never in its own English."""

from collections.abc import Iterator

import pytest

from app_client.errors import error_words
from app_client.i18n import Language, speaking
from app_client.sync.transport import ServerSaid
from shared_models import errors
from shared_models.errors import DomainError

# What app_server/problems.py answers without an error of ours.
OF_HTTP = ("method_not_allowed", "timeout", "http_error", "unexpected")


def family(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    for each in kind.__subclasses__():
        if each.__module__ == errors.__name__:
            yield each
            yield from family(each)


CODES = [*{each.code for each in family(DomainError)} - {"throttled"}, *OF_HTTP]


@pytest.mark.parametrize("code", sorted(CODES))
def test_every_refusal_of_the_server_has_words(code: str) -> None:
    refusal = ServerSaid("English of the server.", status=422, code=code)
    assert not error_words(refusal).isascii()
    with speaking(Language.EN):
        words = error_words(refusal)
        assert words.isascii()
        assert words != refusal.detail


def test_a_refusal_that_is_new_to_this_version_is_told_as_it_came() -> None:
    assert error_words(ServerSaid("Told anew.", status=409, code="of_tomorrow")) == "Told anew."
