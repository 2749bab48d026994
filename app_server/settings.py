"""What an operator may choose, read from the environment. Secrets are files in the data folder, not settings."""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Literal, Self

from pydantic import AliasChoices, Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class TokenAlgorithm(StrEnum):
    """How access tokens are signed: ES256 by a key pair, HS256 by one secret."""

    ES256 = "ES256"
    HS256 = "HS256"


class Settings(BaseSettings):
    """`DATABASE_URL` and `DAY2053_*`; every default is safe for production."""

    model_config = SettingsConfigDict(env_prefix="DAY2053_", populate_by_name=True, extra="ignore")

    data_dir: Path = Path("data")
    database_url: str = Field(default="", validation_alias=AliasChoices("DATABASE_URL", "database_url"), repr=False)
    database_pool_size: int = Field(default=4, ge=1, le=200)
    database_pool_timeout_seconds: float = Field(default=30, gt=0)
    statement_timeout_seconds: float = Field(default=30, gt=0)
    lock_timeout_seconds: float = Field(default=10, gt=0)
    idle_in_transaction_timeout_seconds: float = Field(default=30, gt=0)

    token_algorithm: TokenAlgorithm = TokenAlgorithm.ES256
    access_token_minutes: int = Field(default=15, ge=1, le=60)
    refresh_token_days: int = Field(default=30, ge=1, le=90)
    refresh_family_days: int = Field(default=90, ge=1, le=366)
    refresh_grace_seconds: int = Field(default=60, ge=0, le=300)
    sign_in_workers: int = Field(default=4, ge=1, le=64)

    stream_look_seconds: float = Field(default=0.75, gt=0, le=60)
    streams: int = Field(default=100, ge=0)

    body_timeout_seconds: float = Field(default=60, gt=0)
    recordings_url: str = ""
    recording_hosts: list[str] = Field(default_factory=list[str])
    recording_bytes: int = Field(default=32 * 1024 * 1024, ge=1024)
    recording_timeout_seconds: float = Field(default=120, gt=0)
    cors_origins: list[str] = Field(default_factory=list[str])
    demo: bool = False

    code_gateway_url: str = Field(default="", pattern=r"^(https://|http://(localhost|127\.0\.0\.1)[:/]|$)", repr=False)
    code_gateway_channel: Literal["sms", "app"] = "sms"

    @model_validator(mode="after")
    def _database_in_data_dir(self) -> Self:
        if not self.database_url:
            self.database_url = f"sqlite:///{(self.data_dir / 'day2053.sqlite3').absolute()}"
        return self

    @model_validator(mode="after")
    def _recordings_in_data_dir(self) -> Self:
        if not self.recordings_url:
            self.recordings_url = str((self.data_dir / "recordings").absolute())
        return self

    @property
    def access_token_life(self) -> timedelta:
        """How long an access token is good for."""
        return timedelta(minutes=self.access_token_minutes)

    @property
    def keys_file(self) -> Path:
        """The key set that signs access tokens; made on first start, mode 0600."""
        return self.data_dir / "keys" / "access.json"

    @property
    def bulletins_folder(self) -> Path:
        """Where `day2053 bulletin --due` writes, unless it is told another place."""
        return self.data_dir / "bulletins"

    @property
    def card_keys_file(self) -> Path:
        """The pairs that phones seal cards to; made with the first question for it, mode 0600, older ones kept."""
        return self.data_dir / "keys" / "cards.json"

    @property
    def card_digest_keys_file(self) -> Path:
        """What the digests of customers' cards are made under; made with the first import, mode 0600, older ones kept."""
        return self.data_dir / "keys" / "card-digests.json"

    @property
    def confirmation_keys_file(self) -> Path:
        """What outlets' codes and the digests of sent ones are made under; made with the first code, mode 0600, older ones kept."""
        return self.data_dir / "keys" / "confirmations.json"

    @property
    def code_gateway_keys_file(self) -> Path:
        """What codes are signed with on their way to the bank's gateway; made when first asked for, mode 0600."""
        return self.data_dir / "keys" / "code-gateway.json"

    @property
    def device_secret_file(self) -> Path:
        """What devices' keys are derived from; made on first start, mode 0600, and kept for ever."""
        return self.data_dir / "keys" / "devices.secret"

    @property
    def telephony_keys_file(self) -> Path:
        """The keys that exchanges sign with; made with the first of them, mode 0600."""
        return self.data_dir / "keys" / "telephony.json"

    @property
    def recording_keys_file(self) -> Path:
        """What recordings are encrypted under; made with the first of them, mode 0600, older ones kept."""
        return self.data_dir / "keys" / "recordings.json"
