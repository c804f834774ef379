"""A published graph: a Neo4j of its own that holds what one audience may see, for people in Neo4j Browser.

It holds no outbox number, no label number and no order of arrival of the workspace, whose gaps would tell of what is left
out, and no item's own id beside its record's: only visible assertions, numbered anew. What an audience may not see any
more goes with the next run. A mark says for whom it is and whether a run is under way; it stands there before anything
else, and a run that finds everything in place writes nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Generic, TypeVar

from cypher import schema_statements
from graphcore.access.label import AccessLabel
from graphcore.access.policy import highest_marking
from graphcore.errors import StoreError
from graphcore.store.assemble import in_order
from graphcore.store.neo4j.connection import Connection, Neo4jSettings, Writing
from graphcore.store.neo4j.difference import Change, differences, found_entities, found_links
from graphcore.store.neo4j.stored import label_of
from graphcore.store.neo4j.writer import write_entities, write_labels, write_links
from graphcore.store.port import GraphView
from graphcore.store.state import EntityState, LinkState

BATCH: Final = 2_000
UNDER_WAY: Final = "under way"
COMPLETE: Final = "complete"
State = TypeVar("State", EntityState, LinkState)
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Mark:
    """Whose graph it is: the audience, and a token of the workspace, so that no other one writes into it."""

    audience: str
    graph: str


@dataclass(slots=True)
class Tally:
    """What one run did with entities or links: written (new or changed), removed, left as they were."""

    written: int = 0
    removed: int = 0
    unchanged: int = 0

    def then(self, later: "Tally") -> "Tally":
        """Both runs together."""
        return Tally(self.written + later.written, self.removed + later.removed, later.unchanged)


@dataclass(slots=True)
class Published:
    """What one run did. ``strangers``: nodes that no publication wrote; they are left alone."""

    entities: Tally = field(default_factory=Tally)
    links: Tally = field(default_factory=Tally)
    strangers: int = 0

    @property
    def changed(self) -> int:
        """Elements written and removed."""
        return sum(one.written + one.removed for one in (self.entities, self.links))

    def then(self, later: "Published") -> "Published":
        """Both runs together."""
        return Published(self.entities.then(later.entities), self.links.then(later.links), later.strangers)


class Publication:
    """The published graph of one audience on a server; opens no connection before it is used.

    Args:
        settings: Where the server is. Its database holds nothing else.
        mark: Whose graph it is.
        batch: Elements in one transaction.
    """

    def __init__(self, settings: Neo4jSettings, mark: Mark, *, batch: int = BATCH) -> None:
        self._connection = Connection(settings)
        self._mark = mark
        self._batch = batch

    def prepare(self) -> None:
        """Check that the database is this publication's, or empty; then create constraints and indexes.

        Raises:
            StoreUnavailableError: no server answers within seven seconds.
            StoreError: the server is too old or refuses, or the database holds something else: nothing was written.
        """
        self._connection.check()
        rows = self._connection.read("upkeep/publication")
        where = self._connection.settings.uri
        if not rows and self._connection.read("upkeep/anything"):
            raise StoreError(
                f"the database at {where} holds something that is no publication: name an empty one"
            )
        if rows and (rows[0]["audience"], rows[0]["graph"]) != (self._mark.audience, self._mark.graph):
            raise StoreError(
                f"the database at {where} is published to {rows[0]['audience']!r} of this or another workspace: name an "
                "empty one, or empty it first"
            )
        self._connection.run_schema(schema_statements())

    def bring(self, view: GraphView, now: str, progress: Progress | None = None) -> Published:
        """Make the database hold what a view sees, and nothing else of ours; goes on where a killed run stopped.

        Every element is at every moment as it was or as it is to be: entities are written, then links written and
        removed, then entities removed.

        Args:
            view: Of the audience's context.
            now: When, ISO UTC.
            progress: Told what is done and how many elements.

        Raises:
            StoreUnavailableError: the server does not answer; what was written stays, and the mark says that it is not all.
        """
        labels = _Labels(self._connection.read("read/labels", rules=[]), view.labels)
        run = _Run(labels, (self._connection, self._mark, self._batch), now, progress or _silent)
        done = Published()
        gone = run.entities(view, done.entities)
        run.links(view, done.links)
        for begin in range(0, len(gone), self._batch):
            uids = gone[begin : begin + self._batch]
            run.write(lambda writing, uids=uids: _gone_entities(writing, uids))
        run.end()
        done.strangers = int(self._connection.read("upkeep/strangers")[0]["count"])
        return done

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


class _Labels:
    """Label numbers of the published graph: those it has, then the next ones in the order in which they come up."""

    def __init__(self, rows: Iterable[Mapping[str, Any]], of_view: Mapping[int, AccessLabel]) -> None:
        self.of_view = of_view
        self.used: dict[int, AccessLabel] = {}
        self._numbers = {label_of(row): int(row["number"]) for row in rows}
        self._by_view: dict[int, int] = {}

    @property
    def idle(self) -> list[int]:
        """Numbers that nothing carries any more."""
        return sorted(set(self._numbers.values()) - self.used.keys())

    def renumbered(self, state: State) -> State:
        """The state with nothing of the workspace's own numbers and ids but those that a view shows."""
        # what joins visible items joins their entities, and which items those are is not told
        ends = (state.source, state.target) if isinstance(state, LinkState) else ("", "")
        said = tuple(
            replace(
                a,
                seq=n,
                label=self._number(a.label),
                origin_id="",
                source_origin=ends[0],
                target_origin=ends[1],
            )
            for n, a in enumerate(in_order(state.assertions), 1)
        )
        return replace(state, assertions=said)

    def _number(self, of_view: int) -> int:
        if of_view not in self._by_view:
            label = self.of_view[of_view]
            number = self._numbers.setdefault(label, max(self._numbers.values(), default=0) + 1)
            self._by_view[of_view], self.used[number] = number, label
        return self._by_view[of_view]


class _Run:
    """One run: the mark first, then changes in batches, then the mark again."""

    def __init__(
        self, labels: _Labels, target: tuple[Connection, Mark, int], now: str, progress: Progress
    ) -> None:
        self._labels = labels
        self._connection, self._mark, self._batch = target
        self._now = now
        self._progress = progress
        self._uids: set[str] = set()
        self._marked = False

    def entities(self, view: GraphView, tally: Tally) -> list[str]:
        """Write the entities; gives the uids of those that are to go."""
        gone: list[str] = []
        wanted = map(self._labels.renumbered, view.entity_states())
        for part in self._parts("entities", differences(wanted, found_entities(self._connection)), tally):
            gone += part.places
            self._uids.update(part.kept)
            if part.states:
                self.write(lambda writing, part=part: write_entities(writing, part.states))
        return gone

    def links(self, view: GraphView, tally: Tally) -> None:
        """Write and remove the links; one whose end came since waits for the next run."""
        wanted = (
            self._labels.renumbered(state)
            for state in view.link_states()
            if {state.source, state.target} <= self._uids
        )
        for part in self._parts("links", differences(wanted, found_links(self._connection)), tally):
            if part.states or part.places:
                self.write(lambda writing, part=part: _change_links(writing, part))

    def write(self, work: Callable[[Writing], None]) -> None:
        """One transaction, with the labels that it needs; the first one puts down that a run is under way."""

        def whole(writing: Writing) -> None:
            if not self._marked:
                self._put(writing, UNDER_WAY)
            write_labels(writing, self._labels.used)
            work(writing)

        self._connection.write(whole)
        self._marked = True

    def end(self) -> None:
        """Take away what no label stands for any more, and say that all is there; nothing where nothing was written."""
        idle = self._labels.idle
        rows = self._connection.read("upkeep/publication")
        if not self._marked and not idle and rows and rows[0]["state"] == COMPLETE:
            return

        def work(writing: Writing) -> None:
            writing.run("write/gone_labels", numbers=idle)
            self._put(writing, COMPLETE)

        self._connection.write(work)

    def _put(self, writing: Writing, state: str) -> None:
        audience = self._mark.audience
        # before all is there it is not known which labels will be carried: then the highest that may be
        carried = self._labels.used if state == COMPLETE else self._labels.of_view
        captions = {
            UNDER_WAY: f"{audience}: being published since {self._now}, INCOMPLETE",
            COMPLETE: f"{audience}: complete, last changed {self._now}",
        }
        properties = {
            "audience": audience,
            "graph": self._mark.graph,
            "state": state,
            "caption": captions[state],
            "changed_at": self._now,
            "marking": str(highest_marking(carried.values())),
        }
        writing.run("write/publication", properties=properties)

    def _parts(self, what: str, changes: Iterable[Change[State]], tally: Tally) -> "Iterable[_Part[State]]":
        part: _Part[State] = _Part()
        done = 0
        for done, change in enumerate(changes, 1):
            part.add(change, tally)
            if len(part.kept) + len(part.places) >= self._batch:
                yield part
                part = _Part()
                self._progress(f"publishing {what}", done, None)
        yield part
        self._progress(f"publishing {what}", done, done)


class _Part(Generic[State]):
    """The changes of one transaction; ``kept``: the keys of all that stays, written or not."""

    def __init__(self) -> None:
        self.states: list[State] = []
        self.places: list[str] = []
        self.kept: list[str] = []

    def add(self, change: Change[State], tally: Tally) -> None:
        """Take in one change and count it."""
        if change.state is None:
            self.places.append(change.place)
            tally.removed += 1
            return
        self.kept.append(change.state.uid if isinstance(change.state, EntityState) else change.state.lid)
        if change.same:
            tally.unchanged += 1
        else:
            self.states.append(change.state)
            tally.written += 1


def _change_links(writing: Writing, part: _Part[LinkState]) -> None:
    writing.run("write/gone_elements", elements=part.places)
    write_links(writing, part.states)


def _gone_entities(writing: Writing, uids: list[str]) -> None:
    writing.run("write/gone_entities", uids=uids)


def _silent(_what: str, _done: int, _total: int | None) -> None:
    """Progress that nobody watches."""
