"""A payment that both sides' statements give is one payment."""

from __future__ import annotations

import random

from analytics.business import business_chain
from analytics.business.payments import stated_twice
from graphcore.store.query import ExpandQuery
from tests.unit.analytics.memory_view import MemoryView


def pay(made: MemoryView, day: str, side: str | None, amount: int | None = 5_000, **more: str) -> str:
    said = {"statement_of": side, "amount_pence": amount, "currency": "GBP", **more}
    kept = {name: value for name, value in said.items() if value is not None}
    start = f"{day}T00:00:00.000000Z"
    return made.join("PAYS", "one", "two", start, start, **kept)


def accounts() -> MemoryView:
    made = MemoryView()
    for uid in ("one", "two"):
        made.add(uid, "Account", uid)
    return made


def twice(made: MemoryView) -> frozenset[str]:
    return stated_twice(made.expand(["one"], ExpandQuery()).links)


def test_the_line_of_the_payee_has_that_of_the_payer() -> None:
    made = accounts()
    pay(made, "2026-03-06", "payer")
    assert twice(made) == frozenset()
    line = pay(made, "2026-03-09", "payee")
    assert twice(made) == {line}


def test_each_line_is_one_payment_of_the_other_side_at_most() -> None:
    made = accounts()
    pay(made, "2026-03-02", "payer")
    pay(made, "2026-03-03", "payer")
    lines = [pay(made, "2026-03-03", "payee") for _ in range(3)]
    assert twice(made) == {*lines[:2]}


def test_what_differs_stays_two_payments() -> None:
    made = accounts()
    pay(made, "2026-03-02", "payer")
    pay(made, "2026-03-06", "payee")  # four days
    pay(made, "2026-03-02", "payee", 5_001)
    pay(made, "2026-03-02", "payee", currency="EUR")
    pay(made, "2026-03-02", None)
    pay(made, "2026-03-02", "payee", None)
    assert twice(made) == frozenset()


def test_random_statements_of_one_period_come_to_the_payments_that_were_made() -> None:
    rng = random.Random(5)
    for _ in range(50):
        made, payments = accounts(), rng.randint(0, 12)
        for _ in range(payments):
            day, amount = rng.randint(1, 28), rng.choice([100, 200])
            pay(made, f"2026-03-{day:02d}", "payer", amount)
            pay(made, f"2026-03-{min(31, day + rng.randint(0, 3)):02d}", "payee", amount)
        assert len(twice(made)) == payments


def test_the_report_counts_it_once_and_keeps_both_as_evidence() -> None:
    made = accounts()
    made.add("wash", "Business", "Suds Example Ltd")
    made.join("HOLDS_ACCOUNT", "wash", "one")
    lids = (pay(made, "2026-03-02", "payer"), pay(made, "2026-03-03", "payee"))
    (money,) = business_chain(made, "wash").money
    assert (money.outward_pence, money.payments, money.in_both) == (5_000, 1, 1)
    (other,) = money.counterparts
    assert (other.out_pence, other.payments, other.lids) == (5_000, 1, lids)
