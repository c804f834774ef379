"""Writes the statements that need one text for each link type, from templates and the schema.

Neo4j plans a relationship type that stands in the text with the type's index, and one that comes as a value
without (measured: 15,000 against 4,700 links a second), so each type has its own statement.
``python -m graphcore.store.neo4j.generate`` rewrites the files; a test fails when they differ.
"""

from pathlib import Path

from graphcore.schema import SCHEMA

CYPHER = Path(__file__).resolve().parents[3] / "cypher"


def outputs() -> dict[Path, str]:
    """Every generated statement file with the text that it must hold."""
    names = tuple(SCHEMA.links)
    write = _template("write_link")
    found = {CYPHER / f"write/link/{name}.cypher": write.replace("LINK_TYPE", name) for name in names}
    branch = _template("link_branch").rstrip()
    branches = "\n  UNION ALL\n".join(branch.replace("LINK_TYPE", name) for name in names)
    for template, target in (("read_link", "read/link"), ("gone_links", "write/gone_links")):
        found[CYPHER / f"{target}.cypher"] = _template(template).replace("LINK_BRANCHES", branches)
    return found


def _template(name: str) -> str:
    return (CYPHER / f"template/{name}.txt").read_text(encoding="utf-8")


def write() -> None:
    """Rewrite every generated file and remove those of types that are no more."""
    wanted = outputs()
    for old in (CYPHER / "write/link").glob("*.cypher"):
        if old not in wanted:
            old.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
