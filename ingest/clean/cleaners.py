"""The cleaners by name, and which one a property's value type takes when the mapping names none."""

from collections.abc import Callable, Mapping

from ingest.clean import (
    accounts,
    address,
    coded,
    dates,
    devices,
    epoch,
    identifiers,
    money,
    numbers,
    phone,
    psc,
    shares,
    spans,
    telecoms,
    text,
    times,
    vehicles,
    wallets,
)
from ingest.clean.base import Cleaner, CleanSettings, Notes, TextCleaner, WholeCleaner

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
    "imei": devices.imei,
    "imsi": devices.imsi,
    "iccid": devices.iccid,
    "dialled": telecoms.dialled,
    "full_number": telecoms.full_number,
    "short_code": telecoms.short_code,
    "duration": telecoms.duration,
    "epoch_s": epoch.epoch_s,
    "epoch_ms": epoch.epoch_ms,
    "headline": text.headline,
    "vrm_read": identifiers.vrm,
    "vin": vehicles.vin,
    "vrm": identifiers.vrm,
    "postcode": identifiers.postcode,
    "company_number": identifiers.company_number,
    "sort_code": identifiers.sort_code,
    "account_number": identifiers.account_number,
    "iban": identifiers.iban,
    "account_iban": accounts.account_iban,
    "account_sort_code": accounts.account_sort_code,
    "account_digits": accounts.account_digits,
    "account_reference": accounts.account_reference,
    "bic": accounts.bic,
    "wallet": wallets.wallet,
    "wallet_any": wallets.wallet_any,
    "wallet_chain": wallets.wallet_chain,
    "address": address.address,
    "address_key": address.address_key,
    "address_postcode": address.address_postcode,
    "address_town": address.address_town,
    "money": money.money,
    "money_size": money.money_size,
    "money_exact": money.money_exact,
    "currency": money.currency,
    "money_currency": money.money_currency,
    "integer": numbers.integer,
    "decimal": numbers.decimal,
    "percent": numbers.percent,
    "share_from": shares.share_from,
    "share_to": shares.share_to,
    "pence": numbers.pence,
    "boolean": numbers.boolean,
}
_MADE: Mapping[str, Callable[[CleanSettings], TextCleaner]] = {
    "partial_date": dates.partial_date,
    "date_or_year": dates.date_or_year,
    "timestamp": times.timestamp,
    "timestamp_utc": lambda settings: times.timestamp(CleanSettings("UTC", settings.dates)),
    "span_start": times.span_start,
    "span_end": times.span_end,
    "approximate_time": spans.approximate_time,
    "approximate_start": spans.approximate_start,
    "approximate_end": spans.approximate_end,
    "approximate_date": spans.approximate_date,
    "approximate_precision": spans.approximate_precision,
}
_WHOLE: Mapping[str, WholeCleaner] = {
    "json_key": text.json_key,
    "psc_share_min": psc.share_min,
    "psc_share_max": psc.share_max,
    "psc_voting_min": psc.voting_min,
    "psc_voting_max": psc.voting_max,
    "psc_indirect": psc.indirect,
    "psc_uk_number": psc.uk_number,
}
_NOTES: Mapping[str, Notes] = {
    "imei": devices.imei_notes,
    "iccid": devices.iccid_notes,
    "vrm_read": vehicles.vrm_doubts,
}
CLEANERS = tuple(sorted({*_PLAIN, *_MADE, *_WHOLE}))


def is_cleaner(name: str) -> bool:
    """True for a name of ``CLEANERS``, for ``code:LIST`` and for ``phone:CC`` (a country's two letters)."""
    return name in CLEANERS or coded.is_coder(name) or phone.is_regional(name)


def make_cleaner(name: str, settings: CleanSettings) -> Cleaner:
    """The cleaner of that name for one mapping's settings; ``name`` is one that :func:`is_cleaner` takes."""
    if name in _WHOLE:
        return Cleaner(name, whole=_WHOLE[name])
    if coded.is_coder(name):
        clean, notes = coded.coder(name, settings)
        return Cleaner(name, text=clean, notes=notes)
    if phone.is_regional(name):
        return Cleaner(name, text=phone.regional(name))
    made = _MADE.get(name)
    verbatim = name in ("verbatim", "key")
    return Cleaner(
        name, text=made(settings) if made else _PLAIN[name], verbatim=verbatim, notes=_NOTES.get(name)
    )


def default_cleaner(value_type: str) -> str:
    """Name of the cleaner for a schema value type (they share their names)."""
    return value_type
