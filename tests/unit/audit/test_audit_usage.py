"""What supervisors see: counts without content, and alerts that are raised once and settled by somebody else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.audit import Ask, AuditLog, Operation, Status
from graphcore.audit.alerts import Alerts
from graphcore.audit.unusual import UnusualAccess, own_names
from graphcore.audit.usage import usage
from graphcore.errors import AlertError

MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)


class Desk:
    """A log with a clock that is set by hand."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.now = MONDAY
        self.audit = AuditLog.open(folder, clock=lambda: self.now)
        self.alerts = Alerts(self.audit, UnusualAccess(**settings))  # pyright: ignore[reportArgumentType]

    def ask(
        self, who: str = "ann", reason: str = "a reason", *, shown: int | list[str] = 0, **query: object
    ) -> None:
        purpose = Purpose(PurposeCode.INVESTIGATION, reason, "Larkspur")
        entry = self.audit.begin(AccessContext(who, "N", Marking.OFFICIAL, purpose), Ask("search", query))
        ids = shown if isinstance(shown, list) else [f"{who}{self.now}{number}" for number in range(shown)]
        entry.done(count=len(ids), shown=ids)
        entry.close()

    def raised(self) -> list[tuple[str, str, int]]:
        self.alerts.look(self.now)
        return [(one.kind, one.subject, one.count) for one in self.alerts.all()]


def test_usage_counts_by_everything_and_tells_no_content(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.ask(q="Mags Tolliver", shown=3)
    desk.ask(q="nobody")
    desk.now += timedelta(days=1)
    desk.ask("bob", shown=1)
    with (
        pytest.raises(ZeroDivisionError),
        desk.audit.entry(
            AccessContext("bob", "N", Marking.OFFICIAL, None), Operation.DISCLOSURE, "chart", {}
        ),
    ):
        raise ZeroDivisionError
    desk.audit.begin(AccessContext("bob", "N", Marking.OFFICIAL, None), Ask("x"))
    desk.audit.note("bob", "sign-in", Status.REFUSED)
    report = usage(desk.audit, MONDAY - timedelta(days=1), MONDAY + timedelta(days=2))
    assert report.asked == 5
    by_subject = [(t.name, t.asked, t.hits, t.hit_rate) for t in report.totals(lambda use: use.subject)]
    assert by_subject == [("bob", 3, 1, 1.0), ("ann", 2, 1, 0.5)]
    by_day = {t.name: t.asked for t in report.totals(lambda use: use.day)}
    assert by_day == {"2026-03-02": 2, "2026-03-03": 3}
    assert [t.name for t in report.totals(lambda use: use.operation)] == ["consultation", "disclosure"]
    assert (sum(use.unknown for use in report.uses), sum(use.failed for use in report.uses)) == (1, 1)
    assert report.events[("sign-in", "refused")] == 1
    assert "Tolliver" not in str(report)
    assert usage(desk.audit, MONDAY + timedelta(days=9), MONDAY + timedelta(days=10)).asked == 0


@pytest.mark.catalogue("L10")
def test_more_distinct_entities_in_an_hour_than_allowed_is_an_alert_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path, distinct_per_hour=50)
    desk.ask(shown=40)
    assert desk.raised() == []
    desk.ask("bob", shown=40)  # another subject is counted by itself
    desk.ask(shown=[f"ann{MONDAY}{number}" for number in range(40)])  # the same once more: still 40
    assert desk.raised() == []
    desk.now += timedelta(minutes=5)
    desk.ask(shown=11)
    assert desk.raised() == [("bulk", "ann", 51)]
    desk.ask(shown=30)
    assert desk.raised() == [("bulk", "ann", 51)]
    desk.now += timedelta(hours=1)
    desk.ask(shown=51)
    assert desk.raised() == [("bulk", "ann", 51), ("bulk", "ann", 51)]


@pytest.mark.catalogue("L10")
def test_one_answer_beyond_the_ids_that_a_row_holds_counts_by_number(tmp_path: Path) -> None:
    desk = Desk(tmp_path, distinct_per_hour=300)
    desk.ask(shown=301)
    assert desk.raised() == [("bulk", "ann", 301)]


def test_own_and_family_names_in_a_question(tmp_path: Path) -> None:
    desk = Desk(tmp_path, names={"bob": ["Robert O'Neill", "Tolliver"]})
    desk.ask("j.hargreaves", q="car wash")
    desk.ask("bob", q="hargreaves")
    assert desk.raised() == []
    desk.ask("j.hargreaves", q="Jane HARGREAVES of Hull")
    desk.ask("bob", q="mags tolliver")
    assert desk.raised() == [("own name", "j.hargreaves", 1), ("own name", "bob", 1)]
    assert "HARGREAVES" not in desk.alerts.all()[0].said


def test_names_that_an_account_tells() -> None:
    assert own_names("local:j.hargreaves", {}) == {"hargreaves"}
    assert own_names("reader", {}) == own_names("a.bo", {}) == frozenset()
    assert own_names("x", {"x": ("Ann-Marie Day",)}) == {"ann", "marie", "day"}


def test_entity_that_is_closely_watched(tmp_path: Path) -> None:
    desk = Desk(tmp_path, closely_watched=("vip",))
    desk.ask(shown=["other"])
    desk.ask(shown=["vip", "other"])
    desk.ask(shown=["vip"])
    assert desk.raised() == [("closely watched", "ann", 1)]
    assert desk.alerts.all()[0].entities == ("vip",)


def test_out_of_hours_by_the_local_clock(tmp_path: Path) -> None:
    desk = Desk(tmp_path, out_of_hours=2)
    for at in (
        datetime(2026, 3, 2, 18, 59, tzinfo=UTC),
        datetime(2026, 7, 6, 6, 30, tzinfo=UTC),  # 07:30 in summer time
        datetime(2026, 7, 6, 18, 30, tzinfo=UTC),  # 19:30 in summer time
        datetime(2026, 7, 6, 18, 31, tzinfo=UTC),
        datetime(2026, 7, 11, 12, 0, tzinfo=UTC),  # Saturday
        datetime(2026, 7, 11, 12, 1, tzinfo=UTC),
    ):
        desk.now = at
        desk.ask()
    desk.alerts.look(datetime(2026, 3, 1, tzinfo=UTC))
    assert [(one.kind, one.count, one.at[:10]) for one in desk.alerts.all()] == [
        ("out of hours", 2, "2026-07-11")
    ] * 2
    intents = [row.event.entry for row in desk.audit.rows(0, 100) if row.event.phase == "intent"]
    assert [one.entry for one in desk.alerts.all()] == [intents[3], intents[5]]


def test_one_reason_for_everything(tmp_path: Path) -> None:
    desk = Desk(tmp_path, same_reason_per_day=3)
    for number in range(3):
        desk.ask(reason="enquiries")
        desk.ask(reason=f"another {number}")
    assert desk.raised() == []
    desk.ask(reason="enquiries")
    desk.ask(reason="enquiries")
    assert desk.raised() == [("same reason", "ann", 4)]


def test_thresholds_of_nought_turn_alerts_off(tmp_path: Path) -> None:
    desk = Desk(tmp_path, distinct_per_hour=0, same_reason_per_day=0, out_of_hours=0)
    desk.now = datetime(2026, 3, 1, 3, tzinfo=UTC)
    for _ in range(5):
        desk.ask(shown=900)
    assert desk.raised() == []


def test_alert_is_settled_by_another_person_with_a_reason_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path, closely_watched=("vip",))
    desk.ask(shown=["vip"])
    desk.raised()
    (alert,) = desk.alerts.all()
    for by, reason, words in (("ann", "fine", "about themselves"), ("sue", "  ", "what came of it")):
        with pytest.raises(AlertError, match=words):
            desk.alerts.settle(alert.id, by=by, reason=reason)
    with pytest.raises(AlertError, match="no open one"):
        desk.alerts.settle("0" * 24, by="sue", reason="x")
    done = desk.alerts.settle(alert.id, by="sue", reason="tasked by the SIO")
    assert (done.is_open, done.settled_by, done.settled_because) == (False, "sue", "tasked by the SIO")
    with pytest.raises(AlertError, match="no open one"):
        desk.alerts.settle(alert.id, by="sue", reason="again")
    desk.ask(shown=["vip"])
    assert len(desk.raised()) == 1  # the same day: known, and settled
    assert desk.audit.verify().sound


def test_another_look_at_the_same_log_raises_nothing_twice(tmp_path: Path) -> None:
    desk = Desk(tmp_path, closely_watched=("vip",))
    desk.ask(shown=["vip"])
    assert desk.alerts.look(MONDAY) == 1
    assert desk.alerts.look(MONDAY) == 0
    again = Alerts(desk.audit, UnusualAccess(closely_watched=("vip",)))
    assert again.look(MONDAY) == 0
    assert again.look(MONDAY + timedelta(days=1)) == 0
