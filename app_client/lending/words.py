"""Lending in a person's words."""

from collections.abc import Sequence

from app_client.i18n import t

# Longer ones are said with how many more there are.
_MOST_NAMES = 6


def lent_from_words(owner: str) -> str:
    """`李敏的客户`."""
    return t("{name}的客户", name=owner)


def lent_to_words(colleague: str, names: Sequence[str]) -> str:
    """`欧阳婳、王建国今天由周婷代打`."""
    who = t("、").join(names[:_MOST_NAMES])
    if len(names) > _MOST_NAMES:
        who = t("{names}等 {n} 位", names=who, n=len(names))
    return t("{who}今天由{name}代打", who=who, name=colleague)
