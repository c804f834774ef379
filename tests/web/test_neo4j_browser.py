"""Neo4j Browser in a real Chromium: log in, open the guide, take the style, run a statement, ask nothing of the outside."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, expect, sync_playwright

from graphcore.store.neo4j import Neo4jSettings, Neo4jStore
from graphcore.store.neo4j.guide import CHAPTERS, guide_server
from tests.contract.neo4j_street import street
from tests.neo4j_fixture import Neo4jAddress

pytestmark = [pytest.mark.neo4j, pytest.mark.chromium, pytest.mark.slow]
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WAIT_MS = 60_000
PERSON, BUSINESS = "rgb(0, 103, 165)", "rgb(168, 67, 0)"


@pytest.fixture
def guide_url() -> Iterator[str]:
    server = guide_server(0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def town(neo4j_server: Neo4jAddress) -> Neo4jAddress:
    store = Neo4jStore(Neo4jSettings(neo4j_server.uri, neo4j_server.user, neo4j_server.password))
    store.prepare()
    store.clear()
    street().into(store)
    store.close()
    return neo4j_server


@pytest.fixture
def page(chromium: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1500, "height": 1000})
        page.set_default_timeout(WAIT_MS)
        yield page
        browser.close()


def log_in(page: Page, server: Neo4jAddress) -> None:
    page.goto(f"{server.http_url}/browser/")
    page.get_by_test_id("bolt-scheme-select").select_option("bolt://")
    page.get_by_test_id("boltaddress").fill(urlsplit(server.uri).netloc)
    page.get_by_test_id("username").fill(server.user)
    page.get_by_test_id("password").fill(server.password)
    page.get_by_test_id("connect").click()
    expect(page.get_by_text("You are connected as user")).to_be_visible(timeout=WAIT_MS)


def run(page: Page, text: str) -> None:
    page.get_by_test_id("activeEditor").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)
    page.get_by_test_id("editor-Run").click()


def shot(page: Page, folder: Path, name: str) -> None:
    """Keep a picture; OCB_SHOTS names a folder to look at afterwards."""
    path = Path(os.environ.get("OCB_SHOTS", folder)) / name
    page.wait_for_timeout(3_000)  # frames slide in, layouts settle
    page.screenshot(path=path, clip={"x": 0, "y": 0, "width": 1500, "height": 620})
    assert path.stat().st_size > 10_000


def test_analyst_works_in_browser(page: Page, town: Neo4jAddress, guide_url: str, tmp_path: Path) -> None:
    asked: list[Request] = []
    page.on("requestfinished", lambda request: asked.append(request))  # noqa: PLW0108 -- a builtin is refused
    log_in(page, town)
    run(page, ":clear")
    run(page, f":play {guide_url}/guide.html")
    expect(page.get_by_text("Browser shows everything in this database")).to_be_visible(timeout=WAIT_MS)
    assert page.locator("pre.runnable").count() >= 2
    shot(page, tmp_path, "neo4j_guide.png")
    page.locator("pre.runnable", has_text="style.grass").click()
    page.get_by_test_id("editor-Run").click()
    expect(page.get_by_test_id("frameCommand").filter(has_text=":style")).to_be_visible(timeout=WAIT_MS)
    run(page, ":clear")
    run(page, "MATCH p = (:Business)-[]-(:Entity)-[]-(:Entity) RETURN p")
    nodes = page.locator("g.node")
    expect(nodes).to_have_count(18, timeout=WAIT_MS)
    expect(page.get_by_text("Heron Group").first).to_be_visible(timeout=WAIT_MS)
    colours = set(
        page.eval_on_selector_all("g.node circle", "found => found.map(c => getComputedStyle(c).fill)")
    )
    assert {PERSON, BUSINESS} <= colours
    shot(page, tmp_path, "neo4j_browser.png")
    hosts = {urlsplit(request.url).hostname for request in asked}
    assert hosts <= {"localhost", "127.0.0.1", None}, f"Browser reached {hosts}"


def test_guide_has_every_chapter_and_runs_with_parameters(
    page: Page, town: Neo4jAddress, guide_url: str, tmp_path: Path
) -> None:
    log_in(page, town)
    run(page, ":clear")
    run(page, f":play {guide_url}/guide.html")
    expect(page.get_by_text("1 / 7").or_(page.get_by_text("1/7"))).to_be_visible(timeout=WAIT_MS)
    assert len(CHAPTERS) + 1 == 7
    run(page, ":clear")
    run(page, ":param {from: 'Fay Ember', to: 'Cy Marrow'}")
    run(page, (Path(__file__).resolve().parents[2] / "cypher/analyst/who_knows_whom.cypher").read_text())
    expect(page.locator("g.node")).to_have_count(3, timeout=WAIT_MS)
    shot(page, tmp_path, "neo4j_who_knows_whom.png")
