"""A replica: what a marketing tool knows of everybody by following export and feed, and nothing else."""

from collections.abc import Iterable, Mapping
from typing import Any

Known = dict[str, dict[str, Any]]
"""By subject key: decisions, blocks, stopped_at and paused_until, as an export writes them."""


class Replica:
    """Follows the feed; ``numbers`` are those of the changes that it was told, in the order of their coming."""

    def __init__(self, start: Iterable[Mapping[str, Any]] = ()) -> None:
        self._known: Known = {line["subject"]: _held(line) for line in start}
        self.numbers: list[int] = []

    def follow(self, items: Iterable[Mapping[str, Any]]) -> None:
        """Take in the items of a page."""
        for item in items:
            self.numbers.append(item["seq"])
            empty: dict[str, Any] = {"decisions": {}, "blocks": {}, "stopped_at": None, "paused_until": None}
            _apply(self._known.setdefault(item["subject"], empty), item)

    @property
    def known(self) -> Known:
        """Everybody of whom something holds."""
        return {subject: held for subject, held in self._known.items() if any(held.values())}


def _held(line: Mapping[str, Any]) -> dict[str, Any]:
    return {name: line[name] for name in ("decisions", "blocks", "stopped_at", "paused_until")}


def _apply(held: dict[str, Any], item: Mapping[str, Any]) -> None:
    match item["kind"]:
        case "decision" if item["to"] == "none":
            held["decisions"].pop(item["purpose"], None)
        case "decision":
            told = {"state": item["to"], "since": item["act_at"], "method": item["reason"], "record": item["record"]}
            held["decisions"][item["purpose"]] = told | {"valid_until": item["valid_until"]}
        case "block" if item["to"]:
            held["blocks"][item["block"]] = item["act_at"]
        case "block":
            held["blocks"].pop(item["block"], None)
        case "stop":
            held["stopped_at"] = item["to"] or None
        case "pause":
            held["paused_until"] = item["to"] or None
        case "erasure":
            held["decisions"], held["stopped_at"], held["paused_until"] = {}, None, None
            held["blocks"] = {item["block"]: item["act_at"]}
