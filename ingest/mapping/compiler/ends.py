"""Ends of a link that are no entity of its section: named by type and reference, by a column, or by reference alone."""

from collections.abc import Callable

from graphcore.evidence import OriginRef
from ingest.errors import RowRefusedError
from ingest.mapping.compiler.columns import Getter, Row, as_text

Made = dict[str, OriginRef]
End = Callable[[Row, Made], OriginRef | None]


def named_end(
    key: Callable[[Row], str | None], field: str, source: str, named: Getter, types: tuple[str, ...]
) -> End:
    """The end whose type stands in a column; a row without one names nothing that can be found."""

    def end(row: Row, made: Made) -> OriginRef | None:
        del made
        found = as_text(named(row)).strip()
        if found not in types:
            raise RowRefusedError(field, f"the type of what it names is none of {', '.join(types)}")
        return OriginRef(source, found, given(key(row), field))

    return end


def typed_end(key: Callable[[Row], str | None], field: str, source: str, entity_type: str) -> End:
    """The end whose type the mapping names."""

    def typed(row: Row, made: Made) -> OriginRef | None:
        del made
        return OriginRef(source, entity_type, given(key(row), field))

    return typed


def given(reference: str | None, field: str) -> str:
    """The reference of an end.

    Raises:
        RowRefusedError: there is none.
    """
    if reference is None:
        raise RowRefusedError(field, "the reference of a link's end is empty")
    return reference
