"""The guide for Neo4j Browser and its little server."""

import http.client
import re
import threading
from pathlib import Path

import pytest
import yaml

import cypher
from cypher import statement
from graphcore.schema import SCHEMA
from graphcore.store.neo4j import guide

ROOT = Path(cypher.__file__).parent.parent
BASE = "http://localhost:7480"


def test_guide_holds_every_statement_with_its_parameters() -> None:
    html = guide.guide_html(BASE, guide.EXAMPLES)
    for names in guide.CHAPTERS.values():
        for name in names:
            found = statement(f"analyst/{name}")
            assert found.text.split("\n")[0].replace("<", "&lt;").replace(">", "&gt;") in html
            assert set(found.params) <= guide.EXAMPLES.keys()
    assert html.count("<slide") == len(guide.CHAPTERS) + 1
    assert f":style {BASE}/style.grass" in html


def test_guide_says_that_browser_bypasses_access_control() -> None:
    assert "no marking, compartment or handling code is checked" in guide.guide_html(BASE, guide.EXAMPLES)


def test_examples_can_be_given_and_are_escaped() -> None:
    page = guide.page("/guide.html", BASE, {"from": "O'Hara <b>\\"})
    assert page is not None
    text = page.body.decode()
    assert r"from: 'O\'Hara &lt;b&gt;\\'" in text
    assert "<b>\\" not in text


@pytest.mark.parametrize("path", ["/", "/../README.md", "/guide.html/x", "/style.grass%00", ""])
def test_nothing_else_is_served(path: str) -> None:
    assert guide.page(path, BASE) is None


def test_style_covers_every_type_in_the_colours_of_the_charts() -> None:
    grass = guide.page("/style.grass", BASE)
    assert grass is not None
    rules = dict(re.findall(r"((?:node|relationship)\.\w+) \{([^}]*)\}", grass.body.decode()))
    table = yaml.safe_load((ROOT / "analytics/reports/style.yaml").read_text(encoding="utf-8"))
    for name in SCHEMA.entities:
        assert f" color: {table['items'][name]['colour']};" in rules[f"node.{name}"]
    for name, link in SCHEMA.links.items():
        look = table["families"].get(link.family)
        assert look is None or f" color: {look['colour']};" in rules[f"relationship.{name}"]
    assert len(rules) == len(SCHEMA.entities) + len(SCHEMA.links)


def test_server_lets_browser_read_across_ports() -> None:
    server = guide.guide_server(0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        for method, path, status in (
            ("GET", "/guide.html?x=1", 200),
            ("OPTIONS", "/guide.html", 204),
            ("GET", "/etc", 404),
        ):
            connection = http.client.HTTPConnection("localhost", server.server_port, timeout=5)
            connection.request(method, path, headers={"Origin": "http://localhost:7474"})
            answer = connection.getresponse()
            body = answer.read().decode()
            assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (status, "*")
            assert ("<article" in body) == (status == 200)
            connection.close()
        assert server.server_address[0] in {"127.0.0.1", "::1"}
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
