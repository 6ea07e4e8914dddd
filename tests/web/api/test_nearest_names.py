"""Names of purposes that are not known: every problem tells the nearest that the key may see, and no other."""

import pytest

from consent_service.domain.api_key import Scope

WRONG, MEANT, HIDDEN = "offer_email", "offers_email", "offers_sms"
ANNA = {"email": "anna@shopper.example"}
CALLS = [
    ("/v1/subscriptions", ANNA | {"purposes": [WRONG]}),
    ("/v1/withdrawals", ANNA | {"purposes": [WRONG]}),
    ("/v1/links", {"recipients": [ANNA], "purpose": WRONG}),
    (f"/v1/check/stream?purpose={WRONG}", None),
]


@pytest.fixture
def refuse(service):
    def send(path, body, purposes):
        key = service.key(scopes=list(Scope), purposes=purposes)
        sent = {"headers": {"Authorization": f"Bearer {key}"}, "status": "*"}
        if body is None:
            return service.client().post(path, b"a@b.example\n", content_type="text/plain", **sent).json
        return service.client().post_json(path, body, **sent).json

    return send


@pytest.mark.parametrize(("path", "body"), CALLS)
def test_a_problem_about_an_unknown_purpose_tells_the_nearest(refuse, path, body):
    told = refuse(path, body, None)
    assert told["status"] == 422
    assert told["detail"].endswith(f"; the nearest is '{MEANT}'.")


@pytest.mark.parametrize(("path", "body"), CALLS)
def test_a_limited_key_is_told_only_what_it_may_see(refuse, path, body):
    assert refuse(path, body, [MEANT])["detail"].endswith(f"; the nearest is '{MEANT}'.")
    assert MEANT not in refuse(path, body, ["care_email"])["detail"]


def test_a_withdrawal_from_a_channel_names_no_purpose_that_the_key_may_not_see(refuse):
    told = refuse("/v1/withdrawals", ANNA | {"channel": "sms"}, [MEANT])
    assert (told["code"], HIDDEN in told["detail"]) == ("purpose_not_visible", False)


def test_the_problem_of_an_import_ends_in_one_full_stop(service):
    key = service.key(scopes=[Scope.IMPORT])
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "text/csv"}
    path = f"/v1/imports?source=move&purpose={WRONG}"
    answer = service.client().post(path, b"address,status\n", headers=headers, status=422)
    assert answer.json["detail"] == f"'{WRONG}' is not a topic of demo; the nearest is '{MEANT}'."
