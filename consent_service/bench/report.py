"""The report: figures beside their yardsticks, as ratios, with the goals we hold ourselves to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from consent_service.bench.measuring import ONE_CLICK, Measured

CHECK = "check, 2 purposes, 16 connections, small"
CHECK_LARGE = "check, 2 purposes, 16 connections, large"
WSGI = "bare WSGI, 16 connections"
FLASK = "bare Flask, 16 connections"
CHOICE = "choice POST, 16 connections"
FRAGMENT = "banner fragment, 16 connections"


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure we hold ourselves to: at least, or at most, a bound."""

    name: str
    value: Callable[[Measured], float]
    bound: float
    at_least: bool
    unit: str

    def line(self, measured: Measured) -> str:
        """Write the figure beside its goal."""
        value = self.value(measured)
        met = value >= self.bound if self.at_least else value <= self.bound
        sign = "at least" if self.at_least else "at most"
        return (
            f"{'ok  ' if met else 'MISS'}  {self.name}: {value:.2f}{self.unit} (goal: {sign} {self.bound:g}{self.unit})"
        )


GOALS = (
    Goal("check against bare WSGI", lambda m: m.rate(CHECK) / m.rate(WSGI), 0.6, True, " ×"),
    Goal("check against bare Flask", lambda m: m.rate(CHECK) / m.rate(FLASK), 3, True, " ×"),
    Goal("time of a check, many visitors against few", lambda m: m.rate(CHECK) / m.rate(CHECK_LARGE), 1.2, False, " ×"),
    Goal("choice POST against bare Flask", lambda m: m.rate(CHOICE) / m.rate(FLASK), 0.18, True, " ×"),
    Goal("banner fragment against bare Flask", lambda m: m.rate(FRAGMENT) / m.rate(FLASK), 0.7, True, " ×"),
    Goal("one click against bare Flask", lambda m: m.rate(ONE_CLICK) / m.rate(FLASK), 0.18, True, " ×"),
    Goal("a list against bare look-ups", lambda m: m.lists.seconds / m.lists.floor_seconds, 3, False, " ×"),
    Goal("memory of a worker that checks lists", lambda m: m.lists.worker_megabytes, 150, False, " MB"),
    Goal("memory of a worker", lambda m: m.worker_megabytes, 70, False, " MB"),
    Goal("ready after start", lambda m: m.ready_seconds, 1.5, False, " s"),
)


def write_report(measured: Measured) -> Iterator[str]:
    """Write the figures line by line."""
    for name, figure in measured.loads.items():
        trouble = f"  ({figure.errors} errors)" if figure.errors else ""
        yield f"{name:<44}{figure.rate:>10,.0f}/s   p50 {figure.p50:.2f} ms   p99 {figure.p99:.2f} ms{trouble}"
    lists = measured.lists
    yield f"list of {lists.rows:,}: {lists.seconds:.2f} s; bare look-ups {lists.floor_seconds:.2f} s"
    yield f"longest list for the memory: {lists.longest:,} rows"
    yield ""
    for goal in GOALS:
        yield goal.line(measured)
