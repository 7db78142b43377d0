"""Wikitext that we make, and the regions of pages in which we put it."""

from oabot.wikitext.calls import TemplateCall, template_calls, with_parameters
from oabot.wikitext.escape import Wikitext, clean, escape, in_summary, isolate
from oabot.wikitext.links import external, link
from oabot.wikitext.regions import BUDGET, PAGE_LIMIT, Region, fits, regions, splice
from oabot.wikitext.table import Cell, Column, Row, table

__all__ = [
    "BUDGET",
    "PAGE_LIMIT",
    "Cell",
    "Column",
    "Region",
    "Row",
    "TemplateCall",
    "Wikitext",
    "clean",
    "escape",
    "external",
    "fits",
    "in_summary",
    "isolate",
    "link",
    "regions",
    "splice",
    "table",
    "template_calls",
    "with_parameters",
]
