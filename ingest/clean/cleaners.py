"""The cleaners by name, and which one a property's value type takes when the mapping names none."""

from collections.abc import Callable, Mapping

from ingest.clean import dates, identifiers, numbers, phone, psc, text, times
from ingest.clean.base import Cleaner, CleanSettings, TextCleaner, WholeCleaner

_PLAIN: Mapping[str, TextCleaner] = {
    "text": text.text,
    "name": text.name,
    "surname_first": text.surname_first,
    "verbatim": text.verbatim,
    "key": text.key,
    "identifier": text.identifier,
    "fold": text.fold,
    "html": text.html,
    "email": text.email,
    "phone": phone.phone,
    "phone_lenient": phone.phone_lenient,
    "vrm": identifiers.vrm,
    "postcode": identifiers.postcode,
    "company_number": identifiers.company_number,
    "sort_code": identifiers.sort_code,
    "account_number": identifiers.account_number,
    "iban": identifiers.iban,
    "integer": numbers.integer,
    "decimal": numbers.decimal,
    "percent": numbers.percent,
    "pence": numbers.pence,
    "boolean": numbers.boolean,
}
_MADE: Mapping[str, Callable[[CleanSettings], TextCleaner]] = {
    "partial_date": dates.partial_date,
    "timestamp": times.timestamp,
    "timestamp_utc": lambda settings: times.timestamp(CleanSettings("UTC", settings.dates)),
    "span_start": times.span_start,
    "span_end": times.span_end,
}
_WHOLE: Mapping[str, WholeCleaner] = {
    "json_key": text.json_key,
    "psc_share_min": psc.share_min,
    "psc_share_max": psc.share_max,
    "psc_voting_min": psc.voting_min,
    "psc_voting_max": psc.voting_max,
    "psc_indirect": psc.indirect,
}
CLEANERS = tuple(sorted({*_PLAIN, *_MADE, *_WHOLE}))


def make_cleaner(name: str, settings: CleanSettings) -> Cleaner:
    """The cleaner of that name for one mapping's settings; ``name`` is one of ``CLEANERS``."""
    if name in _WHOLE:
        return Cleaner(name, whole=_WHOLE[name])
    made = _MADE.get(name)
    return Cleaner(name, text=made(settings) if made else _PLAIN[name], verbatim=name in ("verbatim", "key"))


def default_cleaner(value_type: str) -> str:
    """Name of the cleaner for a schema value type (they share their names)."""
    return value_type
