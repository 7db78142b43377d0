"""The same cases for others to build on: a JSON page, and a report in HTML, CSV and Atom."""

from oabot.exports.records import Record, records

__all__ = ["Record", "records"]
