#!/usr/bin/env python3
"""The bot's command: ``python bot.py --help``."""

import sys

from oabot.cli import main

if __name__ == "__main__":
    sys.exit(main())
