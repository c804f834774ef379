"""Identity on nine invented sources that are worse than those it was developed on, through the commands of an analyst.

The city is harder too: one household in six has a parent and child of one name, one in twelve twins. Bounds have room for chance.
"""

from pathlib import Path

import pytest

from tests.golden.test_identity_figures import ocb
from tests.worlds.nine_sources import write_nine_sources

pytestmark = pytest.mark.slow


def test_nine_noisier_sources(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("OCB_PURPOSE", "investigation")
    monkeypatch.setenv("OCB_REASON", "figures of identity")
    source = write_nine_sources(tmp_path / "files", seed=22, people=500, noise=2.0)
    folder = tmp_path / "workspace"
    assert ocb(folder, "ingest", "load", "--source", "ukpole", str(source))["quarantined"] == 0
    ocb(folder, "identity", "run")
    figures = ocb(folder, "identity", "evaluate", "--truth", str(source / "truth.csv"))
    assert figures["person"]["missing"] == figures["company"]["missing"] == 0
    assert figures["person"]["pairs"]["f1"] >= 0.84
    assert figures["person"]["bcubed"]["f1"] >= 0.84
    assert figures["person"]["auto"]["wrong"] <= 0.045
    assert figures["company"]["pairs"]["f1"] >= 0.97
    hard = figures["person"]["hard"] | figures["company"]["hard"]
    most_joined = {"parent_child": 0.65, "twins": 0.4, "namesakes": 0.25, "phoenix": 0.1, "nominee": 0.01}
    for name, most in most_joined.items():
        assert hard[name]["pairs"] > 0, name
        assert hard[name]["joined"] <= most * hard[name]["pairs"], (name, hard[name])
