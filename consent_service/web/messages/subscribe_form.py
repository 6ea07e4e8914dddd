"""The subscribe form: what was entered, and everything that is wrong with it."""

from collections.abc import Iterator

from flask import Request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import StringField

from consent_service.addressing.email_address import read_email
from consent_service.domain.basics.payment_data import find_payment_data, hide_card_number
from consent_service.domain.errors import AddressFault, ChoiceFault
from consent_service.domain.ledger.notice import Notice
from consent_service.domain.site.site import Site
from consent_service.domain.subject.subject import Address
from consent_service.web.frame.form_guard import MAX_FIELDS, require_form

WHOLE_FORM = "subscribe"
ONCE = ("notice", "email", "age")
UNDER_AGE = "no"


class SubscribeForm(FlaskForm):  # type: ignore[misc]
    """The fixed fields; a confirmation by mail guards this form, because a token would need a cookie.

    ``website`` is shown to nobody: only programs that fill in everything fill it in.
    """

    class Meta:
        """Switch the session token off: it belongs to the operator's pages."""

        csrf = False

    notice = StringField()
    email = StringField()
    age = StringField()
    website = StringField()

    def __init__(self, fields: MultiDict[str, str]) -> None:
        super().__init__(fields)
        self.fields = fields
        self.purposes = tuple(dict.fromkeys(fields.getlist("p")))

    @property
    def under_age(self) -> bool:
        """Say whether the question for the age was answered with a plain no."""
        return set(self.fields.getlist("age")) == {UNDER_AGE}

    @property
    def address(self) -> Address:
        """The address that was entered; raises AddressFault."""
        return read_email(self.email.data or "")

    @property
    def readable_address(self) -> str:
        """The address as it was entered, or nothing where it is none: then it may be anybody's advertisement."""
        try:
            return self.address.entered
        except AddressFault:
            return ""

    def entered(self) -> dict[str, object]:
        """Tell what was entered, for a form that is shown again."""
        return {"email": hide_card_number(self.email.data or ""), "purposes": self.purposes, "age": self.age.data or ""}

    def faults(self, site: Site, notice: Notice) -> Iterator[ChoiceFault]:
        """Find what is wrong, in the order of the form; for a person under age the topics do not matter."""
        if self._holds_payment_data():
            yield ChoiceFault("subscribe.payment_data", WHOLE_FORM)
            return
        if sum(1 for _ in self.fields.items(multi=True)) > MAX_FIELDS:
            yield ChoiceFault("subscribe.too_many_fields", WHOLE_FORM)
        if any(len(set(self.fields.getlist(name))) > 1 for name in ONCE):
            yield ChoiceFault("subscribe.contradictory", WHOLE_FORM)
        under_age = bool(site.age_limit) and self.under_age
        if not under_age:
            yield from self._topic_faults(site, notice)
        try:
            _ = self.address
        except AddressFault as fault:
            yield ChoiceFault(f"address.{fault.code}", "email")
        if site.age_limit and self.age.data not in ("yes", UNDER_AGE):
            yield ChoiceFault("subscribe.age_missing", "age")

    def _holds_payment_data(self) -> bool:
        passed = ("email",) if "@" in (self.email.data or "") else ()
        return find_payment_data(dict(self.fields.lists()), passed=passed)

    def _topic_faults(self, site: Site, notice: Notice) -> Iterator[ChoiceFault]:
        offered = {purpose.key for purpose in site.newsletter_purposes}
        field = "topics" if len(offered) > 1 else WHOLE_FORM
        if not self.purposes:
            yield ChoiceFault("subscribe.no_topic", field)
        elif not offered.intersection(notice.purposes).issuperset(self.purposes):
            yield ChoiceFault("subscribe.unknown_topic", field)


def read_subscribe_form(request: Request) -> SubscribeForm:
    """Read a posted form; raises what ``require_form`` raises."""
    require_form(request)
    return SubscribeForm(request.form)
