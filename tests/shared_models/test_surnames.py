"""Surnames: said where a name tells which it is."""

import pytest

from shared_models.surnames import surname


@pytest.mark.parametrize(
    ("name", "family"), [("王建国", "王"), ("欧阳婳", "欧阳"), ("司马", "司"), ("Li Ming", ""), ("", "")]
)
def test_the_surname_is_said_where_the_name_tells_it(name: str, family: str) -> None:
    assert surname(name) == family
