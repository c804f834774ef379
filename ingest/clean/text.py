"""Cleaners of texts and names. Case is kept; what cannot be seen is taken out; the original stays with the record."""

import html as html_module
import re
import unicodedata

from ingest.errors import CleanError

NAME_MAX = 500
TEXT_MAX = 100_000
MARKS_MAX = 20
_HEADLINE = 80

_SPACE = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_GUARD = re.compile(r"'(?=\s*[=+\-@\t\r\n\x00])")
_EMAIL = re.compile(r"[^@\s<>()\"',;:\\]{1,64}@[^@\s<>()\"',;:\\.]+(\.[^@\s<>()\"',;:\\.]+)+")
_NOT_WORD = re.compile(r"[\W_]+")
_IDENTIFIER_MAX = 200


def text(value: str) -> str | None:
    """Unicode NFC, one space between words, no control characters, spreadsheet guard taken off."""
    if len(value) > TEXT_MAX:
        raise CleanError(f"longer than {TEXT_MAX:,} characters")
    if value.startswith("'") and _GUARD.match(value):
        value = value[1:]
    if not value.isascii():
        value = unicodedata.normalize("NFC", value)
    if not value.isprintable():
        value = _CONTROL.sub("", _SPACE.sub(" ", value))
    if "  " in value:
        value = _SPACE.sub(" ", value)
    return value.strip() or None


def name(value: str) -> str | None:
    """As :func:`text`, at most 500 characters and no pile of combining marks."""
    cleaned = text(value)
    if cleaned is None:
        return None
    if len(cleaned) > NAME_MAX:
        raise CleanError(f"a name longer than {NAME_MAX} characters")
    if not cleaned.isascii() and _longest_pile(cleaned) > MARKS_MAX:
        raise CleanError(f"more than {MARKS_MAX} combining marks on one letter")
    return cleaned


def headline(value: str) -> str | None:
    """The beginning of a text, cut at a word within 80 characters: a caption for a message or note."""
    cleaned = text(value)
    if cleaned is None or len(cleaned) <= _HEADLINE:
        return cleaned
    return cleaned[:_HEADLINE].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"


def surname_first(value: str) -> str | None:
    """As :func:`name`; ``SURNAME, Forename`` becomes ``Forename SURNAME``."""
    cleaned = name(value)
    if cleaned is None or cleaned.count(",") != 1:
        return cleaned
    surname, _, rest = cleaned.partition(",")
    return f"{rest.strip()} {surname.strip()}".strip()


def _longest_pile(value: str) -> int:
    longest = run = 0
    for char in value:
        run = run + 1 if unicodedata.combining(char) else 0
        longest = max(longest, run)
    return longest


def verbatim(value: str) -> str | None:
    """As received."""
    return value or None


def key(value: str) -> str | None:
    """A reference: as received but for surrounding space, which the caller took off."""
    if len(value) > _IDENTIFIER_MAX * 5:
        raise CleanError(f"a reference longer than {_IDENTIFIER_MAX * 5} characters")
    return value or None


def identifier(value: str) -> str | None:
    """A number or code: text, full-width characters made plain, no inner runs of space."""
    cleaned = text(unicodedata.normalize("NFKC", value))
    if cleaned and len(cleaned) > _IDENTIFIER_MAX:
        raise CleanError(f"an identifier longer than {_IDENTIFIER_MAX} characters")
    return cleaned


def fold(value: str) -> str | None:
    """Lower case, words only, one space between: for keys made of addresses and names."""
    folded = unicodedata.normalize("NFKC", value).casefold()
    return _NOT_WORD.sub(" ", folded).strip() or None


def html(value: str) -> str | None:
    """Text after HTML entities (`&AMP;`, `&#039;`), which some registers leave in."""
    if "&" in value:
        value = html_module.unescape(value.replace("&AMP;", "&amp;").replace("&APOS;", "&apos;"))
    return text(value)


def email(value: str) -> str | None:
    """Lower case; one @, a domain with a dot, no brackets or quotes. What stands behind a plus is kept.

    A domain in its transport form (``xn--...``) is turned to its letters, so that both forms of one address are one text.
    """
    cleaned = text(unicodedata.normalize("NFKC", value))
    if cleaned is None:
        return None
    cleaned = cleaned.lower().removeprefix("mailto:").rstrip(".")
    if len(cleaned) > 254 or not _EMAIL.fullmatch(cleaned):
        raise CleanError("not an e-mail address")
    local, _, domain = cleaned.rpartition("@")
    return f"{local}@{'.'.join(map(_letters, domain.split('.')))}"


def _letters(label: str) -> str:
    """A label of a domain in letters; one that only looks like a transport form stays as it is."""
    if not label.startswith("xn--"):
        return label
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
        same = unicodedata.normalize("NFC", decoded).encode("punycode").decode("ascii") == label[4:]
    except (UnicodeError, ValueError, OverflowError):
        return label
    return decoded if same and decoded.isprintable() and not set(decoded) & set("@. <>()\"',;:\\") else label


def json_key(value: object) -> str | None:
    """A reference that keeps its JSON type: the number 77 gives 77, the text "77" gives "77" in quotes."""
    if value is None or isinstance(value, (dict, list)):
        return None
    if isinstance(value, str):
        return f'"{value}"' if _looks_like_json_scalar(value) else value or None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _looks_like_json_scalar(value: str) -> bool:
    return (
        value in ("true", "false", "null")
        or value.startswith('"')
        or bool(re.fullmatch(r"-?[\d.eE+]+", value))
    )
