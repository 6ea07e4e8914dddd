"""What people said about messages, as the documentation tells it: plain data in memory, with no storage behind it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from consent_service.domain.basics.moment import DAY
from consent_service.domain.site.purpose import Basis, Channel, Purpose

ALLOWED = frozenset({"granted", "soft_opt_in", "not_consent_based"})
BLOCKS = ("complaint", "bounce", "manual", "minor", "erased")
MAILS_A_DAY, VALID, REMEMBERED = 3, 7 * DAY, 30 * DAY


@dataclass(eq=False)
class Asked:
    """A request whose link was mailed: what it asks for, in which version of the text, and how it stands."""

    token: str
    versions: Mapping[str, int]
    until: int
    state: str = "open"

    def status(self, now: int) -> str:
        """Say what the link answers."""
        ended = {"confirmed": "used", "expired": "expired", "not_me": "unknown", "gone": "unknown"}
        return ended.get(self.state) or ("open" if now < self.until else "expired")


@dataclass
class Said:
    """What counts for one purpose; ``asked`` is the request that left it pending."""

    state: str
    at: int
    version: int = 0
    until: int = 0
    asked: Asked | None = None


@dataclass
class Person:
    """An address on one site; ``known`` says that the address itself is kept."""

    said: dict[str, Said] = field(default_factory=dict)
    blocks: set[str] = field(default_factory=set)
    stopped: int | None = None
    paused: int = 0
    known: bool = False
    asked: list[Asked] = field(default_factory=list)
    mailed: list[int] = field(default_factory=list)

    @property
    def erased(self) -> bool:
        return "erased" in self.blocks

    def reason(self, purpose: Purpose, now: int) -> str:
        """Answer as a check does: blocks, then the stop of everything, then what was said, then the pause."""
        standing = [block for block in BLOCKS if block in self.blocks]
        if purpose.basis not in (Basis.CONSENT, Basis.SOFT_OPT_IN):
            hard = [block for block in standing if block in ("bounce", "manual")]
            return f"blocked_{hard[0]}" if hard else "not_consent_based"
        if standing:
            return f"blocked_{standing[0]}"
        if self.stopped_for(purpose.key):
            return "withdrawn"
        said = self.said.get(purpose.key)
        if said is None:
            return "never_asked"
        if said.state != "granted":
            return said.state
        if said.until and now >= said.until:
            return "expired"
        if said.version != purpose.revision:
            return "outdated"
        if now < self.paused:
            return "paused"
        return "soft_opt_in" if purpose.basis is Basis.SOFT_OPT_IN else "granted"

    def stopped_for(self, key: str) -> bool:
        """Say whether everything was stopped after whatever was decided here; a request decides nothing."""
        said = self.said.get(key)
        decided = said is not None and said.state != "pending"
        return self.stopped is not None and not (decided and said.at > self.stopped)

    def has_said_yes(self, key: str) -> bool:
        """Say whether there is a yes to take back, also one that has run out or waits."""
        said = self.said.get(key)
        return said is not None and said.state in ("granted", "pending") and not self.stopped_for(key)

    def yes(self, purposes: Iterable[Purpose], at: int, *, fresh: bool = False) -> None:
        """Say yes; only a ``fresh`` one, which the person proves now, comes after a no."""
        for purpose in purposes if not self.blocks else ():
            before = self.said.get(purpose.key)
            if self.stopped_for(purpose.key) and not (fresh and at > self.stopped):
                continue
            if before and before.state == "withdrawn" and not fresh:
                continue
            if before and before.state != "pending" and at <= before.at:
                continue
            until = at + purpose.ends_after_days * DAY if purpose.ends_after_days else 0
            self.said[purpose.key] = Said("granted", at, purpose.revision, until)
            self.known = True

    def no(self, keys: Iterable[str], at: int, *, all: bool = False) -> None:  # noqa: A002
        """Take back, also what waits for a confirmation since before; of who was erased nothing is written."""
        if self.erased:
            return
        keys = list(keys)
        for asked in self.asked:
            if asked.state == "open" and asked.until - VALID <= at:
                asked.versions = {key: one for key, one in asked.versions.items() if not all and key not in keys}
        for key in keys:
            before = self.said.get(key)
            undecided = before is None or before.state == "pending"
            if undecided or (before.state != "withdrawn" and at >= before.at):
                self.said[key] = Said("withdrawn", at)
        if all:
            self.stopped = max(at, self.stopped or at)
        for asked in self.asked:
            if asked.state == "open" and not asked.versions:
                self.settle(asked, "expired", at)

    def pend(self, keys: Iterable[str], at: int, asked: Asked | None = None) -> None:
        """Wait for a confirmation where nothing was said."""
        for key in keys if not self.erased else ():
            self.said.setdefault(key, Said("pending", at, asked=asked))

    def asks(self, purposes: Iterable[Purpose], now: int) -> str:
        """Ask by the form; say which mail goes out."""
        lately = [at for at in self.mailed if at >= now - DAY]
        held_off = any(asked.state == "not_me" and now < asked.until for asked in self.asked)
        if self.blocks or held_off or len(lately) >= MAILS_A_DAY:
            return ""
        self.mailed.append(now)
        has_all = all(self.reason(purpose, now) in ALLOWED for purpose in purposes)
        return "already" if has_all else "confirm"

    def settle(self, asked: Asked, state: str, now: int) -> None:
        """End a request; without a yes what it left pending is forgotten."""
        asked.state, asked.until = state, now + REMEMBERED
        self.said = {key: said for key, said in self.said.items() if said.asked is not asked}

    def house_is_kept(self, now: int) -> None:
        """Let end what is over."""
        for key, said in self.said.items():
            if said.state == "granted" and 0 < said.until <= now:
                self.said[key] = Said("expired", said.at)
        for asked in self.asked:
            if asked.state == "open" and now >= asked.until:
                self.settle(asked, "expired", now)
            elif asked.state != "open" and now >= asked.until:
                asked.state = "gone"

    def erase(self, block: str = "erased") -> None:
        """Forget everything but the blocks."""
        self.said, self.stopped, self.paused, self.known = {}, None, 0, False
        self.blocks.add(block)
        for asked in self.asked:
            asked.state = "expired" if asked.state == "expired" else "gone"

    def shown(self, purpose: Purpose) -> bool:
        """Say whether the preference centre shows a topic: one that the person has, or that anybody may have."""
        said = self.said.get(purpose.key)
        if said and said.state in ("granted", "pending", "expired"):
            return True
        other_address = self.known and purpose.channel is not Channel.EMAIL
        return purpose.public and purpose.basis is Basis.CONSENT and not other_address
