"""The fixtures of the morning's screens; the server's tests of this folder use those of tests/conftest.py."""

from tests.team.conftest import scene

__all__ = ["scene"]
