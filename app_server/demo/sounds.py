"""What a demo call sounds like: two soft tones that take turns, as a WAV file of 8 kHz, one channel, 8 bits; nobody's voice."""

import io
import math
import wave
from random import Random

RATE = 8000
TURN_SECONDS = 0.8
_LOW, _HIGH = (220.0, 247.0, 262.0), (330.0, 349.0, 392.0)
_LOUDNESS = 0.25


def conversation(seed: str, *, seconds: float = 4) -> bytes:
    """A WAV file of so many seconds; the same for the same seed."""
    chance = Random(seed)
    tones = (chance.choice(_LOW), chance.choice(_HIGH))
    turn = int(RATE * TURN_SECONDS)
    samples = bytes(
        _sample(place % turn / turn, place / RATE, tones[place // turn % 2]) for place in range(int(RATE * seconds))
    )
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(RATE)
        file.writeframes(samples)
    return buffer.getvalue()


def _sample(of_turn: float, at: float, tone: float) -> int:
    """One sample, 0 to 255; each turn swells and fades."""
    swell = math.sin(math.pi * of_turn)
    return 128 + round(127 * _LOUDNESS * swell * math.sin(2 * math.pi * tone * at))
