"""Collecting what a check of the store finds: the first thousand faults, and how many there are."""

from dataclasses import dataclass, field

FAULTS_KEPT = 1000


@dataclass(slots=True)
class StoreVerdict:
    """What was checked and what was found; each fault names the row it is about."""

    people: int = 0
    records: int = 0
    sealed: int = 0
    changes: int = 0
    faulty: int = 0
    faults: list[str] = field(default_factory=list)

    def add_fault(self, fault: str) -> None:
        """Count a fault, and keep it where there are not too many."""
        self.faulty += 1
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append(fault)
