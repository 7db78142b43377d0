"""Local MediaWiki wikis for the demo and the tests; `farm.py` is the program."""
