"""The basket: keys of products in a cookie that is necessary, so it works whatever a visitor chose."""

from collections.abc import Container

MAX_PRODUCTS = 20
SEPARATOR = "."


def read_basket(text: str | None, known: Container[str]) -> list[str]:
    """Read the cookie's text; keys that the shop does not know are left out."""
    keys = (text or "").split(SEPARATOR)[:MAX_PRODUCTS]
    return [key for key in keys if key in known]


def add_to_basket(keys: list[str], key: str) -> str:
    """Write the cookie's text with one more product; a full basket stays as it is."""
    return SEPARATOR.join([*keys, key][:MAX_PRODUCTS])
