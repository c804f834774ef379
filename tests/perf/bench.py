"""``make bench``: one JSON line a figure, each with its peer measured in the same run.

``--only NAME`` measures what begins with NAME; ``--list`` shows the names.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys

from tests.perf import (
    access,
    analysis,
    audit,
    bulk,
    crowd,
    fairness,
    identity,
    identity_live,
    identity_scale,
    load,
    register,
    serving,
)
from tests.perf.figure import measuring, report
from tests.perf.world import POLE, folder

CASES = {
    **load.CASES,
    **register.CASES,
    **bulk.CASES,
    **analysis.CASES,
    **serving.CASES,
    **crowd.CASES,
    **fairness.CASES,
    **identity.CASES,
    **audit.CASES,
    **identity_scale.CASES,
    **access.CASES,
    **identity_live.CASES,
}


def main() -> int:
    """Run the chosen figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="measure only figures whose name begins so")
    parser.add_argument("--list", action="store_true", help="show the names and stop")
    chosen = parser.parse_args()
    if chosen.list:
        sys.stdout.write("\n".join(CASES) + "\n")
        return 0
    if not POLE.is_dir():
        sys.stderr.write("the bench needs the POLE example set in ../shared/data/pole_manchester\n")
        return 1
    names = [name for name in CASES if name.startswith(chosen.only)]
    if not names:
        sys.stderr.write(f"no figure begins with {chosen.only}; there are {', '.join(CASES)}\n")
        return 2
    random.seed(0)
    try:
        with measuring():
            for name in names:
                for figure in CASES[name]():
                    report(figure)
    finally:
        shutil.rmtree(folder(), ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
