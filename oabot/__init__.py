"""oabot keeps tables of Wikimedia office actions, and of the translations of their statements, true on-wiki."""

__version__ = "0.1.0"
