"""The token in a path: read the same however a mail program broke the link, and with a slash behind it."""

from werkzeug.routing import PathConverter

from consent_service.domain.messages.broken_link import mend_token


class TokenConverter(PathConverter):
    """Takes the rest of a path, line ends and slashes included, for the token that it holds."""

    regex = r"(?s:.+)"
    part_isolating = False

    def to_python(self, value: str) -> str:
        """Leave nothing but the token."""
        return mend_token(value)
