"""Card numbers that the tests know, and a phone's sealing of them with a key pair that is made once."""

import asyncio
import functools
from datetime import UTC, datetime
from uuid import UUID

from app_client.platform.card_sealer import CryptographySealer
from app_server.cards.keys import SealingKey
from shared_models.sealing import CardKey, CardNumber, clear_text

# Made up, with right check digits.
DEBIT = "6222020200112233446"
CREDIT = "6225880112345674"
OTHERS = "6217000010001234569"


@functools.cache
def key_pair(name: str = "first") -> SealingKey:
    """A pair of 3072 bits; making one takes its time."""
    return SealingKey.new(datetime(2026, 1, 1, tzinfo=UTC)).model_copy(update={"kid": name})


def sealed(pan: str, nonce: UUID | str, key: CardKey | None = None) -> str:
    """What a phone sends of a card."""
    return sealed_bytes(clear_text(CardNumber(pan), UUID(str(nonce))), key)


def sealed_bytes(clear: bytes, key: CardKey | None = None) -> str:
    """The same of anything else."""
    return asyncio.run(CryptographySealer().seal(clear, key or key_pair().public()))
