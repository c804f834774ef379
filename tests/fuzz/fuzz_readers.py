"""Coverage-guided fuzzing of one format, by hand: ``python -m tests.fuzz.fuzz_readers FORMAT [libFuzzer arguments]``.

Needs ``atheris`` (Linux, Python 3.11), which is no dependency of the project. Without ``-runs`` or ``-max_total_time`` it goes
on until it finds something: it then writes the bytes that did it into the working folder and says how the load ended. The
first byte chooses which of the format's samples is damaged, the rest is its content.

    python -m tests.fuzz.fuzz_readers ufed -max_total_time=120
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from ingest.forms import BUILT_IN, FORMS

EVERY = 8  # one of so many inputs is mapped twice


def main() -> int:
    """Fuzz the format of the first argument."""
    known = (*BUILT_IN, *FORMS, "zip", "gzip")
    if len(sys.argv) < 2 or sys.argv[1] not in known:
        print(f"name a format: {', '.join(known)}")
        return 2
    try:
        import atheris
    except ImportError:
        print("skipped: atheris is not installed (pip install atheris, on Linux with Python 3.11)")
        return 0
    form = sys.argv.pop(1)
    for name in [name for name in sys.modules if name.split(".")[0] == "ingest"]:
        del sys.modules[name]
    with tempfile.TemporaryDirectory() as folder:
        with atheris.instrument_imports(include=["ingest"]):
            from tests.fuzz.outcomes import mapped
            from tests.fuzz.targets import Target, targets, template

            chosen = [target for target in targets() if target.form == form]
            workspace = template(Path(folder))
            for target in chosen:
                mapped(
                    target, target.content, workspace
                )  # imports what the format takes, so that it is watched
        calls = 0

        def outcome(target: Target, content: bytes) -> object:
            return mapped(target, content, workspace)

        def one(data: bytes) -> None:
            nonlocal calls
            calls += 1
            target = chosen[data[0] % len(chosen)] if data else chosen[0]
            first = outcome(target, data[1:])
            if calls % EVERY == 0 and outcome(target, data[1:]) != first:
                raise AssertionError("the same bytes gave another outcome")

        corpus = Path(folder) / "corpus"
        corpus.mkdir()
        for at, target in enumerate(chosen):
            (corpus / f"{at:03}").write_bytes(bytes([at % 256]) + target.content)
        atheris.Setup([sys.argv[0], str(corpus), "-max_len=65536", *sys.argv[1:]], one)
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
