"""Fields that are left out where there is nothing to say: the content, and so the digest, of what was made before them stays as it was."""


def is_absent(value: object) -> bool:
    """For `Field(exclude_if=is_absent)`: None is not written."""
    return value is None


def is_empty(value: tuple[object, ...]) -> bool:
    """For `Field(exclude_if=is_empty)`: an empty one is not written."""
    return not value
