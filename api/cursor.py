"""Cursors of paged answers: opaque, signed, good for one subject and one question alone."""

import base64
import binascii
import hmac
from dataclasses import dataclass

import orjson

from api.errors import ProblemError

_TAG = 16


@dataclass(frozen=True, slots=True, repr=False)
class Cursors:
    """Makes and reads cursors under the key of the workspace."""

    key: bytes

    def make(self, offset: int, subject: str, question: object) -> str:
        """Where the next page starts."""
        raw = offset.to_bytes(4, "big")
        return base64.urlsafe_b64encode(raw + self._tag(raw, subject, question)).decode()

    def offset(self, cursor: str | None, subject: str, question: object) -> int:
        """The start of the page; 0 without a cursor.

        Raises:
            ProblemError: the cursor was not made for this subject and question.
        """
        if cursor is None:
            return 0
        try:
            raw = base64.urlsafe_b64decode(cursor.encode("ascii"))
        except (binascii.Error, UnicodeEncodeError, ValueError):
            raw = b""
        body, tag = raw[:4], raw[4:]
        if len(raw) != 4 + _TAG or not hmac.compare_digest(tag, self._tag(body, subject, question)):
            raise ProblemError(
                422, "cursor", "The cursor does not belong to this question: start at the first page."
            )
        return int.from_bytes(body, "big")

    def _tag(self, body: bytes, subject: str, question: object) -> bytes:
        text = orjson.dumps([subject, question], default=str)
        return hmac.digest(self.key, body + text, "sha256")[:_TAG]
