"""The command on a real Neo4j: the same counts and the same fingerprint as on the embedded store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.cli.main import main
from tests.neo4j_fixture import Neo4jAddress

SOURCES = Path(__file__).resolve().parents[2] / "ingest" / "sources"


@pytest.mark.neo4j
def test_a_ledger_fills_either_store_with_the_same_graph(
    neo4j_server: Neo4jAddress,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    neo4j_server.into(monkeypatch)
    monkeypatch.setenv("OCB_WORKSPACE", str(tmp_path / "ws"))
    monkeypatch.setenv("OCB_PURPOSE", "investigation")
    monkeypatch.setenv("OCB_REASON", "test of the command")

    def run(*line: str) -> dict:
        with pytest.raises(SystemExit) as ended:
            main([*line, "--json"])
        printed = json.loads(capsys.readouterr().out)
        assert not ended.value.code, printed
        return printed

    for source in ("companies_house", "psc", "officers"):
        run("ingest", "load", "--source", source, str(SOURCES / source / "sample"))
    run("identity", "run")
    rebuilt = run("--store", "neo4j", "graph", "rebuild")
    assert rebuilt["fingerprint"] == run("graph", "fingerprint")["fingerprint"]
    assert run("--store", "neo4j", "graph", "stats") == run("graph", "stats")
    ranking = ("rank", "degree", "--top", "5")
    assert run("--store", "neo4j", *ranking) == run(*ranking)
    name = run(*ranking)["entries"][0]["caption"]
    assert run("--store", "neo4j", "search", name) == run("search", name)
