"""Noes of every kind, said by people who said yes before, and what a check says of them afterwards."""

from dataclasses import replace
from pathlib import Path

from consent_service.domain.subject.standing import Block
from consent_service.services.check.checking_subjects import check_subject
from consent_service.services.check.checking_visitors import check_visitor
from consent_service.services.messages.suppressing_addresses import suppress_address
from consent_service.services.operator.preparing_home import open_resources
from consent_service.services.resources import read_system_clock
from consent_service.services.rights.erasing import erase_subject, erase_visitor
from consent_service.settings import Settings
from tests.cast import SECOND, choose
from tests.services.imports.import_desk import HEADER, ImportDesk
from tests.services.messages.telling_desk import NEWS, SITE, Desk

AN_HOUR = 3_600 * SECOND
PURPOSES = ("preferences", "analytics", "marketing")


class RealDesk(Desk):
    """A desk an hour ago, in a home that can be opened and closed; a restore goes by the true clock."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.clock.now = read_system_clock() - AN_HOUR
        self.settings = Settings(home=folder / "home", sites=folder / "sites")
        self.sites = {SITE.id: SITE}

    def reopen(self) -> None:
        """Open the home as it is now."""
        self.resources.database.close()
        self.resources = replace(open_resources(self.settings), clock=self.clock)

    def agree(self, number):
        """Let so many people say yes to the newsletter, and so many visitors to cookies."""
        people = [self.meet()[0] for _ in range(number)]
        imports = ImportDesk(self.resources, SITE)
        for who in people:
            imports.confirm(who.address.normal)
        return people, [choose(self.resources, SITE, "accept").cookie.visitor for _ in range(number)]

    def import_no(self, who):
        ImportDesk(self.resources, SITE).run(f"{HEADER}{who.address.normal},unsubscribed,,newsletter\n")

    def suppress(self, who):
        told = {"actor": "key", "at": self.clock(), "source": "crm"}
        suppress_address(self.resources, SITE, who.principal, Block.COMPLAINT, **told)

    def deny(self, people, visitors):
        """Let all of them say no, each in another way, or be erased."""
        ways = (
            lambda who: self.click(who, NEWS),
            lambda who: self.mail(who, NEWS),
            lambda who: self.save_no(who, NEWS),
            lambda who: self.stop(who, NEWS),
            lambda who: self.withdraw(who, NEWS),
            lambda who: self.withdraw(who, all=True),
            self.suppress,
            self.import_no,
            lambda who: erase_subject(self.resources, SITE, who.principal, "operator"),
        )
        for number, who in enumerate(people):
            ways[number % len(ways)](who)
        chosen = (
            lambda visitor: choose(self.resources, SITE, "reject", visitor=visitor),
            lambda visitor: choose(self.resources, SITE, "withdraw", visitor=visitor),
            lambda visitor: choose(self.resources, SITE, "save", visitor=visitor, no=PURPOSES),
            lambda visitor: erase_visitor(self.resources, SITE, visitor, "operator"),
        )
        for number, visitor in enumerate(visitors):
            chosen[number % len(chosen)](visitor)

    def list_allowed(self, people, visitors):
        """List everybody of whom anything is allowed."""
        return [who for who in people if check_subject(self.resources, SITE, who, [NEWS]).answers[NEWS].allowed] + [
            visitor
            for visitor in visitors
            if any(
                answer.allowed
                for answer in check_visitor(self.resources, SITE, visitor, PURPOSES, signal=False).values()
            )
        ]
