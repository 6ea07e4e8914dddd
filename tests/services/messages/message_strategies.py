"""Strategies of message histories: who acts, on which site, about what and how long ago."""

from hypothesis import strategies as st

from tests.services.imports.import_desk import messages_purpose
from tests.services.messages.message_world import ADDRESSES, SITES

FORM = ("newsletter", "offers", "late")
EMAIL = (*FORM, "similar")
LATE = messages_purpose("late", public=False)

# Most happens to one person, so that long histories come about; the others are there to stay as they are.
places = st.tuples(st.sampled_from((*SITES[:1] * 4, *SITES)), st.sampled_from((*ADDRESSES[:1] * 4, *ADDRESSES)))
names = st.sampled_from((*SITES[:1] * 4, *SITES))
ago = st.integers(0, 9)
rows = st.tuples(
    st.sampled_from((*ADDRESSES[:1] * 4, *ADDRESSES)),
    st.sampled_from(("granted", "granted", "pending", "withdrawn", "bounce", "complaint")),
    ago | st.none(),
    st.lists(st.sampled_from(EMAIL), max_size=2, unique=True),
)
