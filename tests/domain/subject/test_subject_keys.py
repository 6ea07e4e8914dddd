"""Subject keys for a list: the same as one by one."""

from hypothesis import given
from hypothesis import strategies as st

from consent_service.domain.subject.subject import Address, AddressKind, make_subject_key
from consent_service.domain.subject.subject_keys import make_key_maker


@given(st.binary(min_size=1, max_size=200), st.integers(1, 7), st.sampled_from(AddressKind), st.lists(st.text()))
def test_a_key_is_the_same_for_a_list_and_alone(secret, number, kind, texts):
    make = make_key_maker(secret, number, "demo", kind)
    encodable = [text for text in texts if text.isascii() or text.encode(errors="ignore").decode() == text]
    assert [make(text) for text in encodable] == [
        make_subject_key(secret, number, "demo", Address(kind, text, text)) for text in encodable
    ]
