"""The one table that says which lane a route takes, and how much of a body is taken in for it."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from consent_service.domain.api_key import Scope
from consent_service.front.wsgi_environ import is_spelled_right
from consent_service.services.messages.receiving_replies import MAX_MESSAGE
from consent_service.web.check.list_question import MAX_BYTES as MOST_OF_A_LIST
from consent_service.web.imports.import_form import MAX_FILE


class LaneName(StrEnum):
    """Where a request is worked on: on the event loop itself, or by the threads of a queue.

    No route takes the spool's lane: it writes long bodies to the disk while they come in.
    """

    LOOP = "loop"
    READ = "read"
    ASK = "ask"
    WRITE = "write"
    BULK = "bulk"
    SPOOL = "spool"


class Passage(NamedTuple):
    """How a request passes: its lane, and the longest body; a longer one is refused by the application itself.

    What is ``gathered`` writes little and quickly, so that several are written in one. A body too long for memory is
    taken in only with a key that has the ``scope``.
    """

    lane: LaneName
    longest: int
    gathered: bool = False
    scope: Scope | None = None


NO_BODY = 0
MAX_FORM = 16_384
MAX_JSON = 4_194_304
LOOP = Passage(LaneName.LOOP, NO_BODY)
READ = Passage(LaneName.READ, NO_BODY)
PAGES = {"GET": READ, "HEAD": READ, "OPTIONS": READ}
FORM = PAGES | {"POST": Passage(LaneName.WRITE, MAX_FORM)}
SHORT_WRITE = Passage(LaneName.WRITE, MAX_FORM, gathered=True)
ASK = Passage(LaneName.ASK, NO_BODY)
ASK_CHECK = Passage(LaneName.ASK, MAX_JSON, scope=Scope.CHECK)
ASK_LINKS = Passage(LaneName.ASK, MAX_JSON, scope=Scope.LINKS)
ADMIN = Passage(LaneName.WRITE, MAX_JSON, scope=Scope.ADMIN)
WRITE = Passage(LaneName.WRITE, MAX_JSON, scope=Scope.WRITE)
STREAM = Passage(LaneName.BULK, NO_BODY)
STREAMED = {"GET": STREAM, "HEAD": STREAM}
SHOWN = {"GET": ASK, "HEAD": ASK}

PASSAGES: Mapping[str, Mapping[str, Passage]] = {
    "/v1/check": {"GET": LOOP, "HEAD": LOOP, "POST": ASK_CHECK},
    "/consent/banner": {"GET": LOOP, "HEAD": LOOP, "OPTIONS": READ},
    "/consent/choice": {"POST": SHORT_WRITE, "OPTIONS": READ},
    "/consent/": PAGES,
    "/consent/cookies": PAGES,
    "/consent/history": PAGES,
    "/consent/receipts/<record>": PAGES,
    "/consent/receipts/<record>.json": PAGES,
    "/consent/receipts/<record>.jsonld": PAGES,
    "/consent/receipts/<record>.tlog-proof": PAGES,
    "/consent/static/<name>": PAGES,
    "/consent/keys.json": PAGES,
    "/.well-known/gpc.json": PAGES,
    "/consent/subscribe": FORM,
    "/consent/subscribe/fragment": PAGES,
    "/consent/subscribe/sent": PAGES,
    "/consent/subscribe/under-age": PAGES,
    "/consent/a/<token>": FORM,
    "/consent/c/<token>": FORM,
    "/consent/u/<token>": PAGES | {"POST": SHORT_WRITE},
    "/consent/p/request": FORM,
    "/consent/p/request/sent": PAGES,
    "/consent/p/<token>": FORM,
    "/docs": PAGES,
    "/openapi.json": PAGES,
    "/healthz": PAGES,
    "/readyz": PAGES,
    "/metrics": PAGES,
    "/v1/changes": SHOWN,
    "/v1/check/stream": {"POST": Passage(LaneName.BULK, MOST_OF_A_LIST, scope=Scope.CHECK)},
    "/v1/export": STREAMED,
    "/v1/exports/<preset>/<kind>.csv": STREAMED,
    "/v1/imports": {"POST": Passage(LaneName.BULK, MAX_FILE, scope=Scope.IMPORT)},
    "/v1/imports/<identifier>": SHOWN,
    "/v1/imports/<identifier>/report.csv": STREAMED,
    "/v1/inbound/mail": {"POST": Passage(LaneName.WRITE, MAX_MESSAGE, scope=Scope.WRITE)},
    "/v1/inbound/sms": {"POST": WRITE},
    "/v1/links": {"POST": ASK_LINKS},
    "/v1/checkpoint": SHOWN,
    "/v1/records/<record>": SHOWN,
    "/v1/records/<record>/proof": SHOWN,
    "/v1/subjects/<subject>": SHOWN | {"DELETE": ADMIN},
    "/v1/subjects/find": {"POST": ASK_CHECK},
    "/v1/subscriptions": {"POST": WRITE},
    "/v1/suppressions": SHOWN | {"POST": WRITE, "DELETE": ADMIN},
    "/v1/suppressions/export": STREAMED,
    "/v1/visitors/<visitor>": SHOWN | {"DELETE": ADMIN},
    "/v1/webhooks": SHOWN | {"POST": ADMIN},
    "/v1/webhooks/<webhook>": SHOWN | {"PATCH": ADMIN, "DELETE": ADMIN},
    "/v1/webhooks/<webhook>/deliveries": SHOWN,
    "/v1/webhooks/<webhook>/replay": {"POST": ADMIN},
    "/v1/webhooks/<webhook>/secret": {"POST": ADMIN},
    "/v1/webhooks/<webhook>/test": {"POST": ADMIN},
    "/v1/withdrawals": {"POST": WRITE},
}
"""Every route with every method it answers; a test compares this with what the application serves."""

ELSEWHERE = Passage(LaneName.READ, MAX_FORM)
"""For what no route answers: the application says so."""
PLACEHOLDER = re.compile(r"<\w+>")


def list_passages(*, reads_on_loop: bool, gathers: bool) -> Mapping[str, Mapping[str, Passage]]:
    """List how requests pass where the database lets the loop read, and keeps several writes as one, or does not."""

    def fit(rule: str, passage: Passage) -> Passage:
        instead = LaneName.ASK if rule.startswith("/v1/") else LaneName.READ
        lane = instead if passage.lane is LaneName.LOOP and not reads_on_loop else passage.lane
        return passage._replace(lane=lane, gathered=passage.gathered and gathers)

    return {
        rule: {method: fit(rule, passage) for method, passage in methods.items()} for rule, methods in PASSAGES.items()
    }


class LaneTable:
    """Looks a request up: by its whole path where the route has no placeholder, else by pattern."""

    def __init__(self, passages: Mapping[str, Mapping[str, Passage]] = PASSAGES) -> None:
        self._exact = {rule: methods for rule, methods in passages.items() if "<" not in rule}
        self._known = frozenset(rule.encode() for rule in self._exact)
        patterned = sorted((rule for rule in passages if "<" in rule), key=len, reverse=True)
        self._patterns = [(_translate_rule(rule), passages[rule]) for rule in patterned]

    def is_spelled_right(self, method: str, raw_path: bytes) -> bool:
        """Say whether a request is written in the one way that is answered.

        The application would read a method in small letters too, and the path of a link may be encoded, but not so that
        it becomes that of a page: both would take another lane, and pass a proxy's rule.
        """
        if raw_path in self._known:
            return method.isupper()
        return method.isupper() and is_spelled_right(raw_path) and unquote_to_bytes(raw_path) not in self._known

    def find(self, method: str, path: str) -> Passage:
        """Say how a request passes; one that no route answers takes the reading lane."""
        methods = self._exact.get(path)
        if methods is None:
            methods = next((found for pattern, found in self._patterns if pattern.fullmatch(path)), {})
        return methods.get(method, ELSEWHERE)


def _translate_rule(rule: str) -> re.Pattern[str]:
    """Match what the router matches: a token may have slashes and line ends in it, as mail programs break links."""
    anything = ".+" if rule.endswith("<token>") else "[^/]+"
    return re.compile(anything.join(map(re.escape, PLACEHOLDER.split(rule))), re.DOTALL)
