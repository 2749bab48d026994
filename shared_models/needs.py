"""What a customer has money for (需求): the four of which an allocation is made."""

from enum import StrEnum


class Need(StrEnum):
    """What the customer has it for: 活钱 · 稳健 · 长期增值 · 保障."""

    CASH = "cash"
    STEADY = "steady"
    GROWTH = "growth"
    PROTECTION = "protection"
