"""The main job as a stranger runs it, at a tenth of its size: everything that was planted is found, twice in a row."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.cli.main import main


def demo(folder: Path, capsys: pytest.CaptureFixture[str]) -> dict:
    with pytest.raises(SystemExit) as ended:
        main(["--workspace", str(folder), "--json", "demo", "--scale", "0.1", "--no-open"])
    assert not ended.value.code
    return json.loads(capsys.readouterr().out)


@pytest.mark.slow
def test_the_demo_finds_what_was_planted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = demo(tmp_path / "ws", capsys)
    assert [finding for finding in first["findings"] if not finding["ok"]] == []
    assert first["found"] == first["planted"] >= 20
    for made in ("chart", "report"):
        text = Path(first[made]).read_text(encoding="utf-8")
        assert "OFFICIAL-SENSITIVE" in text
        assert "Content-Security-Policy" in text
    again = demo(tmp_path / "ws", capsys)
    assert (again["entities"], again["links"]) == (first["entities"], first["links"])
    assert again["found"] == again["planted"]
