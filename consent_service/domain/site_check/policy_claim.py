"""Clauses of privacy policies that promise less than the law asks, and why none of them replaces consent."""

POLICY_CLAIMS = {
    "consent_by_use": (
        "the policy says that using the site counts as agreeing. Only a choice made on purpose is consent, "
        "so this service never records use as a yes; the clause permits nothing and is better left out"
    ),
    "browser_settings_only": (
        "the policy points to the browser's settings as the way to control cookies. A browser cannot ask for "
        "each purpose by itself; point to the cookie settings of this site, which stand on every page"
    ),
    "effective_immediately": (
        "the policy says that changes count from the moment they are published. A new text never widens a "
        "consent given before: whoever is concerned is asked again; announce changes that matter ahead"
    ),
    "open_ended_sharing": (
        "the policy reserves sharing for any purpose people agree to. Consent is for a named purpose and a "
        "named recipient, so there is nothing to agree to here; list both, or drop the clause"
    ),
}
"""Every clause a site file may name in ``policy.claims``, with the plain warning it earns."""
