"""The only reader of the environment: every setting has the prefix ANFU_ and a default that runs on one machine."""

import secrets
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What an operator may set. Durations are in seconds, sizes in characters unless said otherwise."""

    model_config = SettingsConfigDict(env_prefix="ANFU_", extra="ignore")

    home: Path = Field(ROOT / "var", description="all state: database, models, broker folder, keys, logs")
    database_url: str | None = Field(None, description="default: SQLite in home; scaled: postgresql+psycopg://…")
    redis_url: str | None = Field(None, description="scaled mode: Celery broker and wake-ups")
    host: str = Field("127.0.0.1", description="where the public door listens")
    port: int = Field(8000, description="public door")
    rasa_port: int = Field(5005, description="rasa, loopback only")
    actions_port: int = Field(5055, description="action server, loopback only")
    surface: Literal["public", "desk", "all"] = Field("all", description="which doors this serve process opens")
    public_url: str | None = Field(
        None, description="address customers see, e.g. https://chat.example.cn; https turns on __Host- cookies"
    )
    service_token: str | None = Field(None, description="bearer token of the bot; default: made once in home/keys")
    turn_deadline: float = Field(5.0, description="how long a web turn waits for the bot before the honest sentence")
    turn_lease: float = Field(20.0, description="how long one process may hold a conversation's turn")
    message_limit: int = Field(10_000, description="longest customer message")
    sessions_per_minute: int = Field(30, description="new chat sessions from one address")
    messages_per_minute: int = Field(60, description="messages in one conversation")
    sign_ins_per_minute: int = Field(10, description="sign-in attempts from one address")
    abandoned_after: float = Field(1800.0, description="silence after which a grievance is registered as 待补充")
    outage_register_after: float = Field(120.0, description="silence after a bot outage before the draft is registered")
    session_idle: float = Field(3600.0 * 2, description="desk session idle time-out")
    session_absolute: float = Field(3600.0 * 12, description="desk session absolute time-out")
    second_step: Literal["optional", "required"] = Field(
        "optional", description="whether nobody works at the desk before enrolling an authenticator (TOTP)"
    )
    widget_origins: str = Field("", description="comma-separated origins that may embed the chat widget")
    log_level: str = "INFO"

    @cached_property
    def db_url(self) -> str:
        return self.database_url or f"sqlite:///{self.home / 'anfu.db'}"

    @property
    def rasa_url(self) -> str:
        return f"http://127.0.0.1:{self.rasa_port}"

    @property
    def keys_dir(self) -> Path:
        return self.home / "keys"

    @property
    def seals_dir(self) -> Path:
        """Sealed checkpoints of the trail, outside the database; copy it to where nobody can rewrite it."""
        return self.home / "seals"

    @property
    def models_dir(self) -> Path:
        return self.home / "models"

    @property
    def reader_dir(self) -> Path:
        return self.models_dir / "reader"

    @property
    def secure_cookies(self) -> bool:
        return bool(self.public_url and self.public_url.startswith("https://"))

    @cached_property
    def bot_token(self) -> str:
        """The bot's bearer token: given, or made once and kept in ``home/keys/service_token`` (mode 0600)."""
        return self.service_token or kept_secret(self.keys_dir / "service_token")


def kept_secret(path: Path) -> str:
    """A 256-bit secret that is made on first use and then read back. Two processes racing agree on one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with path.open("x", encoding="ascii") as new:
            path.chmod(0o600)
            new.write(secrets.token_urlsafe(32))
    except FileExistsError:
        pass
    for _ in range(50):
        value = path.read_text(encoding="ascii").strip()
        if value:
            return value
    raise RuntimeError(f"{path} is empty; remove it and start again")


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    return Settings()
