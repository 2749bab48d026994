"""The bank that every seed of a run starts from, built once a worker."""

import pytest

from tests.simulation.server import Home


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory):
    made = Home(tmp_path_factory.mktemp("simulation"))
    yield made
    made.db.dispose()
