"""The workspace page in a real browser: what an analyst does, with hostile names in the data and nothing from outside."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from api.auth import AuthService, NewAccount, Role
from api.outputs.service import Output, keep
from graphcore.access import AccessContext, Marking, Purpose, PurposeCode
from graphcore.audit.log import utc_now
from graphcore.workspace import Workspace
from tests.api import world

pytestmark = [pytest.mark.chromium, pytest.mark.slow]
PASSWORD = "correct horse battery"
ROLES = frozenset({Role.READER, Role.LOADER})
CHART = Output(
    "demo-chart.html",
    "Harbour group as a business",
    "chart",
    None,
    "OFFICIAL-SENSITIVE",
    "2026-01-01T00:00:00Z",
)
KEPT = "<!DOCTYPE html><h1>kept chart</h1><script>document.title = 'ran'; try { parent.document.title = 'escaped' } catch {}</script>"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server on a loaded workspace."""
    folder = tmp_path_factory.mktemp("served")
    world.build(folder)
    with Workspace.open(folder) as workspace:
        auth = AuthService(folder, workspace.audit, utc_now)
        auth.create_account(
            NewAccount("analyst", "Northshire", ROLES, Marking.OFFICIAL_SENSITIVE), PASSWORD, by="test"
        )
        auth.close()
    purpose = Purpose(PurposeCode.INVESTIGATION, "demo")
    keep(folder, CHART, KEPT, AccessContext("local", "Northshire", Marking.OFFICIAL_SENSITIVE, purpose))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = "import sys; from pathlib import Path; from api.serve import serve; serve(Path(sys.argv[1]), port=int(sys.argv[2]))"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(folder), str(port)], cwd=ROOT, stdout=subprocess.DEVNULL
    ) as server:
        _wait(server, port)
        yield f"http://127.0.0.1:{port}"
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def _wait(server: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/v1/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    pytest.fail("the server did not start")


@dataclass
class Seen:
    """What went on beside the page."""

    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def page(address: str, browser: Browser, seen: Seen) -> Iterator[Page]:
    """A signed-in analyst."""
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    page.on("console", lambda message: seen.errors.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("dialog", lambda dialog: (seen.dialogs.append(dialog.message), dialog.dismiss()))
    page.goto(address)
    page.fill("[name=name]", "analyst")
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=reason]", "Who controls the car washes")
    page.fill("[name=operation]", "Operation Larkspur")
    page.click("#sign-in-form button")
    page.wait_for_selector("#work:not([hidden])")
    yield page
    page.context.close()


def _open(page: Page, words: str) -> None:
    page.fill("#search-text", words)
    page.press("#search-text", "Enter")
    page.locator(".hit", has_text=words).first.click()
    page.wait_for_selector(f"#panel h2:has-text('{words}')")


def test_from_search_to_chart_to_evidence(page: Page, seen: Seen, address: str, tmp_path: Path) -> None:
    _open(page, "Suds")
    page.click("#panel button:text-is('Chart')")
    page.wait_for_selector("svg.chart .item")
    assert page.locator("svg.chart .item").count() == 3
    assert page.locator("#banner").inner_text() == "OFFICIAL-SENSITIVE"
    page.locator("svg.chart .item", has_text="Mags").dblclick()
    expect(page.locator("svg.chart .item")).to_have_count(5)
    page.locator("svg.chart .item", has_text="Mags").first.press("Enter")
    page.wait_for_selector("#panel h2:has-text('Mags Tolliver')")
    page.click("text=Show the evidence")
    page.wait_for_selector("details.record")
    page.click("details.record summary")
    assert "people.csv, row 1" in page.locator("details.record").inner_text()
    assert "Untested; Known indirectly but corroborated" in page.locator("details.record").inner_text()
    page.click("text=Undo")
    expect(page.locator("svg.chart .item")).to_have_count(3)
    shot = Path(os.environ.get("SHOTS", str(tmp_path))) / "workspace.png"
    page.screenshot(path=str(shot))
    assert shot.stat().st_size > 20_000
    assert all(url.startswith((address, "data:")) for url in seen.requests)
    assert [
        error for error in seen.errors if "401" not in error
    ] == []  # asking who is signed in, before sign-in


@pytest.mark.catalogue("I08")
def test_hostile_name_is_text_everywhere(page: Page, seen: Seen) -> None:
    _open(page, "DETACH")
    assert page.locator("#panel h2").inner_text().strip() == world.HOSTILE
    page.click("#panel button:text-is('Chart')")
    page.wait_for_selector("svg.chart .item")
    page.click("#tab-ranks")
    expect(page.locator("#view td", has_text="<script>alert(1)</script>")).to_have_count(1)
    assert seen.dialogs == []
    assert page.locator("#view script, #panel script, #results script").count() == 0


def test_kept_chart_is_shown_in_a_sandbox(page: Page) -> None:
    page.click("#tab-documents")
    page.wait_for_selector("iframe.document")
    frame = page.frame_locator("iframe.document")
    assert frame.locator("h1").inner_text() == "kept chart"
    assert page.title() == "ocb-graph workspace", "its script cannot reach the page"


def test_path_between_two(page: Page) -> None:
    _open(page, "Mags")
    page.click("text=Path from here")
    _open(page, "Devlin")
    page.click("text=Path to here")
    page.wait_for_selector("article.card")
    assert "user of phone" in page.locator("article.card").first.inner_text()
    page.click("text=Business-link paths")
    page.wait_for_selector("article.card:has-text('cost')")


def _slow(page: Page, held: list[Route]) -> None:
    """Keeps the answer to the first entity that is asked for until the test lets it go."""
    page.route("**/v1/entities/*", lambda route: route.continue_() if held else held.append(route))


def test_a_late_answer_does_not_put_another_entity_into_the_panel(page: Page) -> None:
    held: list[Route] = []
    _slow(page, held)
    page.fill("#search-text", "Mags")
    page.press("#search-text", "Enter")
    page.locator(".hit", has_text="Mags").first.click()
    _open(page, "Devlin")
    with page.expect_response(held[0].request.url):
        held[0].continue_()
    page.wait_for_function("!document.body.hasAttribute('aria-busy')")
    assert "Devlin" in page.locator("#panel h2").inner_text()


def test_the_entity_before_is_gone_while_the_next_is_on_its_way(page: Page) -> None:
    _open(page, "Mags")
    held: list[Route] = []
    _slow(page, held)
    page.fill("#search-text", "Devlin")
    page.press("#search-text", "Enter")
    page.locator(".hit", has_text="Devlin").first.click()
    expect(page.locator("#panel h2")).to_have_count(0)
    held[0].continue_()
    page.wait_for_selector("#panel h2:has-text('Devlin')")


def test_keyboard_alone_finds_and_opens(page: Page) -> None:
    page.click("#tab-communities")
    page.wait_for_selector("#view table")
    page.keyboard.press("/")
    page.keyboard.type("Glimmer")
    page.keyboard.press("Enter")
    page.wait_for_selector(".hit")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel h2:has-text('Glimmer Holdings Ltd')")
    page.focus("#tab-communities")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#tab-review[aria-selected=true]")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#tab-loads[aria-selected=true]")


def test_business_chain_report_opens(page: Page) -> None:
    _open(page, "Suds")
    with page.context.expect_page() as opened:
        page.click("text=Business-chain report")
    report = opened.value
    report.wait_for_load_state()
    assert "Glimmer Holdings Ltd" in report.locator("body").inner_text()


def test_sign_out_clears_the_page(page: Page) -> None:
    _open(page, "Suds")
    page.click("text=Sign out")
    page.wait_for_selector("#sign-in:not([hidden])")
    assert page.locator("#panel").inner_text() == ""
    assert page.locator("#banner").inner_text().strip() == ""
    page.reload()
    page.wait_for_selector("#sign-in:not([hidden])")
