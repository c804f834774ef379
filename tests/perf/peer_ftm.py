"""FollowTheMoney's ``ftm map-csv`` on the people of a PSC snapshot: the same rows to its entities, no store, no evidence.

It lives in an environment of its own, made once in the folder for temporary files; where that cannot be done the figure
has no peer and says why.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson

VERSION = "4.11.2"
_MAPPING = """
psc:
  queries:
    - csv_url: {url}
      entities:
        company:
          schema: Company
          keys: [company_number]
          key_literal: company
          properties:
            registrationNumber: {{column: company_number}}
        owner:
          schema: Person
          keys: [link]
          key_literal: psc
          properties:
            name: {{column: name}}
            title: {{column: title}}
            firstName: {{column: forename}}
            middleName: {{column: middle_name}}
            lastName: {{column: surname}}
            birthDate: {{column: birth_date}}
            nationality: {{column: nationality}}
            country: {{column: country}}
            address: {{column: address}}
        ownership:
          schema: Ownership
          keys: [link]
          key_literal: ownership
          properties:
            owner: {{entity: owner}}
            asset: {{entity: company}}
            startDate: {{column: notified_on}}
            endDate: {{column: ceased_on}}
            role: {{column: natures}}
"""
_COLUMNS = [
    "company_number",
    "link",
    "name",
    "title",
    "forename",
    "middle_name",
    "surname",
    "birth_date",
    "nationality",
    "country",
    "address",
    "notified_on",
    "ceased_on",
    "natures",
]


def rows_per_second(snapshot: Path, folder: Path, lines: int = 20_000) -> tuple[float | None, str]:
    """Rows a second of the first ``lines`` lines, or None with the reason."""
    command, reason = _command()
    if command is None:
        return None, reason
    table = folder / "psc.csv"
    rows = _table(snapshot, table, lines)
    mapping = folder / "psc-ftm.yaml"
    mapping.write_text(_MAPPING.format(url=table.as_uri()))
    begun = time.perf_counter()
    done = subprocess.run([str(command), "map", str(mapping)], capture_output=True, check=False)
    seconds = time.perf_counter() - begun
    if done.returncode or done.stdout.count(b"\n") < rows:
        return None, f"ftm map failed (exit code {done.returncode})"
    return rows / seconds, f"ftm {VERSION} on {rows:,} rows as CSV"


def _command() -> tuple[Path | None, str]:
    home = Path(tempfile.gettempdir()) / f"ocb-bench-ftm-{VERSION}"
    command = home / "bin" / "ftm"
    if command.exists():
        return command, ""
    steps = (
        [sys.executable, "-m", "venv", str(home)],
        [str(home / "bin" / "python"), "-m", "pip", "install", "--quiet", f"followthemoney=={VERSION}"],
    )
    for step in steps:
        try:
            done = subprocess.run(step, capture_output=True, text=True, timeout=600, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            return None, f"followthemoney cannot be installed ({type(error).__name__})"
        if done.returncode:
            return None, "followthemoney cannot be installed here"
    return command, ""


def _table(snapshot: Path, path: Path, lines: int) -> int:
    """The individuals among the first lines as CSV, which is what ``ftm map`` reads; gives their number."""
    with snapshot.open("rb") as source, path.open("w", newline="", encoding="utf-8") as target:
        writer = csv.DictWriter(target, _COLUMNS, extrasaction="ignore", restval="")
        writer.writeheader()
        rows = 0
        for line, _ in zip(source, range(lines), strict=False):
            item = orjson.loads(line)
            data = item["data"]
            if not data["kind"].startswith("individual"):
                continue
            born = data["date_of_birth"]
            writer.writerow(
                {
                    **data, **data["name_elements"], "company_number": item["company_number"],
                    "link": data["links"]["self"], "birth_date": f"{born['year']}-{born['month']:02d}",
                    "country": data["country_of_residence"], "address": ", ".join(map(str, data["address"].values())),
                    "natures": "; ".join(data["natures_of_control"]),
                }
            )  # fmt: skip
            rows += 1
    return rows
