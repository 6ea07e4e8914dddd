"""A finding: something in a site file that works, but treats people unfairly or will mislead them."""

from dataclasses import dataclass
from enum import StrEnum


class FairnessRule(StrEnum):
    """What a finding offends against."""

    EQUAL_BUTTONS = "equal-buttons"
    NECESSARY_COOKIES = "necessary-cookies"
    CONSENT_COOKIE = "consent-cookie"
    REMOVABLE_COOKIES = "removable-cookies"
    LASTING_REFUSALS = "lasting-refusals"
    NAMED_RECIPIENTS = "named-recipients"
    SPECIFIC_PURPOSES = "specific-purposes"
    SENSITIVE_DATA = "sensitive-data"
    BROWSER_SIGNAL = "browser-signal"
    PLAIN_WORDING = "plain-wording"
    SAYS_CONSENT = "says-consent"
    FEW_PURPOSES = "few-purposes"
    SHORT_TEXTS = "short-texts"
    OWN_LANGUAGE = "own-language"
    STATE_IN_WORDS = "state-in-words"
    WORKING_LINKS = "working-links"
    POLICY_CLAIMS = "policy-claims"
    MARKETING_CONSENT = "marketing-consent"
    MEASURED_MAIL = "measured-mail"
    NAMED_SENDER = "named-sender"
    SENT_CONFIRMATIONS = "sent-confirmations"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the fairness lint noticed, where, and by which rule."""

    place: str
    message: str
    rule: FairnessRule

    def __str__(self) -> str:
        return f"{self.place}: {self.message} [{self.rule}]"
