"""Search as people type: numbers are found however they are spaced or prefixed.

Telephone numbers and registration marks are kept in one form (+447700900123, AB12CDE). What is typed is tried first, as
some sources keep other forms; only where that finds nothing are the numbers in it put into the form that is kept.
"""

import re
import unicodedata
from dataclasses import replace

from graphcore.store.port import GraphView, SearchPage
from graphcore.store.query import SearchQuery

_PHONE = re.compile(
    r"(?<![\w+])(?:(?:\+\s?44|0044|44)[\s.-]*(?:\(0\))?|0)[\s().-]*([1-9](?:[\s().-]*\d){8,9})(?!\w)"
)
_MARK = re.compile(
    r"(?<!\w)([A-Z]{2}\d{2}|[A-Z]\d{1,3})[\s-]+([A-Z]{3})(?!\w)|(?<!\w)([A-Z]{3})[\s-]+(\d{1,3}[A-Z])(?!\w)",
    re.IGNORECASE,
)


def as_kept(text: str) -> str:
    """``text`` with United Kingdom telephone numbers and registration marks in the form that is kept, nothing full-width."""
    plain = unicodedata.normalize("NFKC", text)
    phones = _PHONE.sub(lambda found: "+44" + re.sub(r"\D", "", found[1]), plain)
    return _MARK.sub(lambda found: "".join(part for part in found.groups() if part), phones)


def search(view: GraphView, query: SearchQuery) -> SearchPage:
    """The answer to what was typed; where there is none, to the same with numbers as they are kept."""
    page = view.search(query)
    kept = as_kept(query.text)
    if page.total or kept == query.text:
        return page
    return view.search(replace(query, text=kept))
