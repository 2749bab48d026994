"""The mutations fit the code as it is, so that `make mutants` proves what docs/testing.md says."""

import pytest

from tests.simulation.mutants import ROOT, mutated
from tests.simulation.mutations import MUTATIONS, Mutation


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda each: each.name)
def test_a_mutation_changes_code_that_is_there(mutation: Mutation):
    for path, text in mutated(mutation, ROOT).items():
        compile(text, str(path), "exec")
