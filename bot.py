#!/usr/bin/env python3
"""The bot's command: ``python bot.py --help``."""

import sys

from oabot.cli import main

if __name__ == "__main__":
    try:
        sys.exit(main())
    except ModuleNotFoundError as problem:
        how = "run scripts/venv, then .venv/bin/python bot.py"
        sys.stderr.write(f"bot.py: {problem.name} is missing in this Python: {how}\n")
        sys.exit(2)
