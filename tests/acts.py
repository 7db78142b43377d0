"""What the Office and others do on the farm: one act of each class, each with the number of the row that it leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.local_farm import Farm

Act = Callable[[int], tuple[str, int]]
"""Does something that no other number does; the wiki and the logid of the row that tables then have to link."""


class Acts:
    """Acts of every class, each on a target of its own or on one of an act before."""

    def __init__(self, farm: Farm) -> None:
        self._farm = farm
        self._locked: list[str] = []
        self._desysopped: list[str] = []
        self._protected: list[str] = []
        self._office = farm.person("office", "ruwiki")
        self._admin = farm.person("admin", "ruwiki")

    def all(self) -> list[Act]:
        """One of each class, in an order in which each finds what it needs."""
        first = [self._lock, self._desysop, self._delete_dmca, self._block, self._protect]
        return [*first, self._unlock, self._resysop, self._delete, self._block_globally, self._unprotect]

    def _lock(self, number: int) -> tuple[str, int]:
        self._locked.append(f"Пример Замок {number}")
        return self._log("globalauth", "setstatus", f"{self._locked[-1]}@global", {"added": ["locked"], "removed": []})

    def _unlock(self, number: int) -> tuple[str, int]:
        name = self._locked.pop(0)
        return self._log("globalauth", "setstatus", f"{name}@global", {"added": [], "removed": ["locked"]})

    def _desysop(self, number: int) -> tuple[str, int]:
        self._desysopped.append(f"示例 {number}")
        return self._rights(self._desysopped[-1], ["sysop"], [])

    def _resysop(self, number: int) -> tuple[str, int]:
        return self._rights(self._desysopped.pop(0), [], ["sysop"])

    def _rights(self, name: str, before: list[str], after: list[str]) -> tuple[str, int]:
        return self._log("rights", "rights", f"{name}@zhwiki", {"4::oldgroups": before, "5::newgroups": after})

    def _block(self, number: int) -> tuple[str, int]:
        params = {"5::duration": "1 year", "6::flags": "nocreate", "sitewide": True}
        return self._log("block", "block", self._locked[-1], params, "ruwiki")  # who is nowhere else isn't shown

    def _block_globally(self, number: int) -> tuple[str, int]:
        return self._log("gblblock", "gblock", f"Пример Везде {number}", {"expiry": "infinity", "flags": []})

    def _delete_dmca(self, number: int) -> tuple[str, int]:
        return self._deleted(f"Страница {number}", "DMCA takedown, see the notice")

    def _delete(self, number: int) -> tuple[str, int]:
        return self._deleted(f"Раздел {number}", "Office action")

    def _deleted(self, title: str, reason: str) -> tuple[str, int]:
        self._admin.edit(title, "text")
        return "ruwiki", self._office.delete(title, reason)

    def _protect(self, number: int) -> tuple[str, int]:
        self._protected.append(f"Статья {number}")
        self._admin.edit(self._protected[-1], "text")
        self._office.protect(self._protected[-1], reason="Office action")
        return "ruwiki", self._newest("protect")

    def _unprotect(self, number: int) -> tuple[str, int]:
        self._admin.protect(self._protected.pop(0), "edit=all", reason="no longer needed")
        return "ruwiki", self._newest("protect")

    def _newest(self, log_type: str) -> int:
        return int(self._farm.log("ruwiki", letype=log_type, lelimit="1")[0]["logid"])

    def _log(
        self, log_type: str, action: str, name: str, params: dict[str, Any], dbname: str = "metawiki"
    ) -> tuple[str, int]:
        row = {"type": log_type, "action": action, "user": "WMFOffice", "comment": "Office action"}
        (logid,) = self._farm.add_log(dbname, {**row, "title": f"User:{name}", "params": params})
        return dbname, logid


def shows(text: str | None, logid: int) -> bool:
    """Whether a table links that row."""
    return f"logid/{logid}" in (text or "")
