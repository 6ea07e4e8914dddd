"""API access: who asks, and what that key may see."""

from collections.abc import Iterable

from consent_service.domain.api_key import ApiKey, Scope, is_key_shaped
from consent_service.domain.basics.nearest_name import suggest_name
from consent_service.domain.site.site import Site
from consent_service.domain.site.site_directory import SiteDirectory
from consent_service.services.operator.issuing_keys import find_key
from consent_service.services.operator.noting_key_use import KeyUse
from consent_service.services.resources import Resources
from consent_service.web.frame.problems import Problem

REMEMBERED = 500_000
"""Half a second, in microseconds."""
MAX_REMEMBERED = 1000
STRANGERS = "strangers"
"""Who have no site, and take one turn together."""
CHALLENGE = [("WWW-Authenticate", 'Bearer realm="consent-service"')]
KEY_PARAMETERS = frozenset({"key", "api_key", "apikey", "token", "access_token", "authorization"})


class KeyGate:
    """Finds the key of an Authorization header, requires that it lives and has the scope, and finds its site.

    A good key is remembered for half a second, so every worker refuses a revoked one within a second.
    """

    def __init__(self, resources: Resources, sites: SiteDirectory) -> None:
        self._resources = resources
        self._sites = sites.sites
        self._good: dict[str, tuple[ApiKey, int]] = {}
        self._senders: dict[str, str] = {}
        self._use = KeyUse(resources)

    def admit(self, authorization: str | None, scope: Scope) -> tuple[ApiKey, Site]:
        """Return the key and its site.

        Raises Problem 401 for a key that does not count, and 403 for one without the scope or whose site is gone.
        """
        key = self._find_live_key(authorization or "")
        require_scope(key, scope)
        site = self._sites.get(key.site)
        if site is None:
            raise Problem(403, "site_gone", f"The site '{key.site}' of this key is not served here.")
        return key, site

    def find_sender(self, authorization: str, scope: Scope) -> str | None:
        """Find the site whose key, with this scope, sends a request; raises StorageUnavailable."""
        try:
            return self.admit(authorization, scope)[1].id
        except Problem:
            return None

    def name_sender(self, authorization: str) -> str:
        """Name the site whose key was admitted by this header before, without asking the database; proves nothing."""
        return self._senders.get(authorization, STRANGERS)

    def _find_live_key(self, header: str) -> ApiKey:
        now = self._resources.clock()
        known = self._good.get(header)
        if known is None or not 0 <= now - known[1] < REMEMBERED:
            known = self._good[header] = (self._look_up(header), now)
            self._senders[header] = known[0].site
            for remembered in (self._good, self._senders):
                if len(remembered) > MAX_REMEMBERED:
                    remembered.clear()
        key = known[0]
        if key.expires_at is not None and key.expires_at <= now:
            raise Problem(401, "key_expired", "This key has expired; ask the operator for a new one.", CHALLENGE)
        if known[1] == now:  # just looked up
            self._use.note(key, now)
        return key

    def _look_up(self, header: str) -> ApiKey:
        kind, _, text = header.partition(" ")
        text = text.strip()
        if kind.lower() != "bearer" or not text:
            raise Problem(401, "key_missing", "Send your key as 'Authorization: Bearer <key>'.", CHALLENGE)
        if not is_key_shaped(text):
            raise Problem(401, "key_malformed", "No key of this service looks so; was it copied whole?", CHALLENGE)
        key = find_key(self._resources, text)
        if key is None:
            raise Problem(401, "key_unknown", "No such key was issued here.", CHALLENGE)
        if key.revoked_at is not None:
            raise Problem(401, "key_revoked", "This key was revoked; use its successor.", CHALLENGE)
        return key


def refuse_key_in_url(parameters: Iterable[tuple[str, str]]) -> None:
    """Raise Problem 400 where a key was put into the URL, under whatever name: from there it would get into logs."""
    for name, value in parameters:
        if name.lower() in KEY_PARAMETERS or is_key_shaped(value.strip()):
            detail = "Never put a key into a URL: it ends up in logs. Revoke it and send the next as a Bearer header."
            raise Problem(400, "key_in_url", detail)


def make_hidden_problem(key: ApiKey, purpose: str) -> Problem:
    """Make the problem that a key may not see a purpose, with those that it may, whether or not that purpose exists."""
    hint = suggest_name(purpose, key.purposes or ())
    return Problem(403, "purpose_not_visible", f"This key may not see the purpose {purpose[:64]!r}{hint}.")


def require_scope(key: ApiKey, scope: Scope) -> None:
    """Raise Problem 403, with the command that helps, for a key without this scope."""
    if scope not in key.scopes:
        command = _write_command(key, {*key.scopes, scope}, key.purposes or ())
        raise Problem(403, "scope_missing", f"This key lacks the scope '{scope}'. A key that has it: {command}")


def require_all_purposes(key: ApiKey, what: str) -> None:
    """Raise Problem 403, with the command that helps, for a limited key, where ``what`` concerns all purposes."""
    if key.limited:
        command = _write_command(key, key.scopes, ())
        detail = f"This key sees only some purposes; {what} needs one that sees all: {command}"
        raise Problem(403, "key_limited", detail)


def _write_command(key: ApiKey, scopes: Iterable[Scope], purposes: Iterable[str]) -> str:
    """Write the command by which the operator makes a key in the place of this one."""
    options = [f"--scope {scope}" for scope in sorted(scopes)] + [f"--purpose {name}" for name in sorted(purposes)]
    return f"consent-service key create --site {key.site} {' '.join(options)}"
