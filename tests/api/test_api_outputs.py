"""Kept charts and reports are shown only to those who may see all that their maker could."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from api.outputs.service import Output, keep
from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from tests.api.client import Server, start

MAKER = AccessContext(
    "local",
    "Northshire",
    Marking.OFFICIAL_SENSITIVE,
    Purpose(PurposeCode.INVESTIGATION, "demo"),
    frozenset({"KESTREL"}),
)
CHART = Output(
    "demo-chart.html",
    "Harbour group as a business",
    "chart",
    None,
    "OFFICIAL-SENSITIVE",
    "2026-01-01T00:00:00Z",
)
PAGE = "<!DOCTYPE html><script>alert(1)</script>"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Server]:
    made = start(tmp_path)
    yield made
    made.close()


def test_shown_to_the_cleared_and_unknown_to_others(own: Server, tmp_path: Path) -> None:
    keep(tmp_path, CHART, PAGE, MAKER)
    assert [one["name"] for one in own.get("/v1/outputs", "cleared").json()["outputs"]] == ["demo-chart.html"]
    assert own.get("/v1/outputs", "reader").json()["outputs"] == []
    hidden, unknown = own.get("/v1/outputs/demo-chart.html"), own.get("/v1/outputs/other-chart.html")
    assert (hidden.status_code, hidden.content) == (404, unknown.content)


@pytest.mark.catalogue("I24")
def test_runs_in_a_sandbox_and_can_load_nothing(own: Server, tmp_path: Path) -> None:
    keep(tmp_path, CHART, PAGE, MAKER)
    answer = own.get("/v1/outputs/demo-chart.html", "cleared")
    assert answer.text == PAGE
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none'")
    assert "allow-same-origin" not in policy
    assert "connect-src" not in policy


@pytest.mark.parametrize(
    "maker",
    [
        replace(MAKER, organisation="Portside"),
        replace(MAKER, compartments=frozenset({"KESTREL", "OTHER"})),
        replace(MAKER, may_read_conditional=True),
    ],
)
def test_every_part_of_the_makers_context_counts(own: Server, tmp_path: Path, maker: AccessContext) -> None:
    keep(tmp_path, CHART, PAGE, maker)
    assert own.get("/v1/outputs/demo-chart.html", "cleared").status_code == 404


def test_output_without_a_description_is_shown_to_nobody(own: Server, tmp_path: Path) -> None:
    path = keep(tmp_path, CHART, PAGE, MAKER)
    about = path.with_name(path.name + ".about")
    raw = orjson.loads(about.read_bytes())
    for damaged in (
        b"",
        b"[]",
        orjson.dumps({**raw, "maker": {}}),
        orjson.dumps({**raw, "name": "../access.sqlite3"}),
    ):
        about.write_bytes(damaged)
        assert own.get("/v1/outputs", "cleared").json() == {"outputs": []}
    about.unlink()
    assert own.get("/v1/outputs/demo-chart.html", "cleared").status_code == 404


@pytest.mark.parametrize("name", ["../x.html", "x.exe", "X.html", "x.html.about", ""])
def test_names_of_outputs_are_plain(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="name of an output"):
        keep(tmp_path, replace(CHART, name=name), PAGE, MAKER)
