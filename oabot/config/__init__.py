"""What the operator settles (`Settings`, from TOML and the environment) and what the wiki settles (`OnWikiConfig`)."""

from oabot.config.onwiki import OnWikiConfig, StatementConfig, read_onwiki
from oabot.config.settings import Credentials, Settings, WikiSettings, load_settings

__all__ = [
    "Credentials",
    "OnWikiConfig",
    "Settings",
    "StatementConfig",
    "WikiSettings",
    "load_settings",
    "read_onwiki",
]
