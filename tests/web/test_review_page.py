"""The review page in a real browser: look, decide with the keyboard, take back; names stay text, and everything has a label."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from analytics.resolution.run import rule_decision
from api.auth import AuthService, NewAccount, Role
from graphcore.access import Marking
from graphcore.audit.log import utc_now
from graphcore.evidence import EntityRecord, OriginRef
from graphcore.identity.book import IdentityBook
from graphcore.identity.judgement import Judgement, Verdict
from graphcore.workspace import Workspace
from tests.api import identity_world as world
from tests.api.world import HOSTILE, evidence
from tests.web.test_workspace_page import PASSWORD, ROOT, _wait

pytestmark = [pytest.mark.chromium, pytest.mark.slow]
ROLES = frozenset({Role.READER, Role.REVIEWER})
EVIL = [OriginRef(source, "Person", "E1") for source in ("north", "south")]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server on a workspace with pairs to review, one of them with hostile names."""
    folder = tmp_path_factory.mktemp("reviewed")
    world.build(folder)
    with Workspace.open(folder) as workspace:
        batch = workspace.ledger.begin_batch("north", "evil.csv", "evil", "m")
        rows = [EntityRecord(ref, "", {"name": (HOSTILE,)}, evidence(95)) for ref in EVIL]
        workspace.ledger.append(batch, rows, (), 2)
        workspace.ledger.finish_batch(batch)
        left, right = sorted(workspace.ids.origin(one.source, one.entity_type, one.reference) for one in EVIL)
        unsure = Judgement(left, right, Verdict.UNSURE, rule_decision("run-evil", utc_now()), 0.3)
        IdentityBook(workspace.ledger).judge([unsure])
        auth = AuthService(folder, workspace.audit, utc_now)
        auth.create_account(
            NewAccount("checker", "Northshire", ROLES, Marking.OFFICIAL_SENSITIVE), PASSWORD, by="test"
        )
        auth.close()
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


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def page(address: str, browser: Browser) -> Iterator[Page]:
    """A signed-in reviewer on the page; errors of the page fail the test."""
    faults: list[str] = []
    page = browser.new_page(viewport={"width": 1500, "height": 950})
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("dialog", lambda dialog: (faults.append("dialog"), dialog.dismiss()))
    page.goto(address)
    page.fill("[name=name]", "checker")
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=reason]", "Who is who")
    page.keyboard.press("Enter")
    page.click("#tab-review")
    page.wait_for_selector("#review-list table, #review-list .hint")
    yield page
    page.close()
    assert [fault for fault in faults if "401" not in fault] == []


def rows(page: Page) -> int:
    return page.locator("#review-list tbody tr").count()


def test_a_pair_is_shown_with_both_sides_and_the_waterfall(page: Page) -> None:
    page.click("#review-list >> text=William Thistlewick")
    expect(page.locator("table.pair")).to_contain_text("NM3 4XY")
    expect(page.locator("table.pair mark").first).to_be_visible()
    expect(page.locator("table.waterfall")).to_contain_text("family name")
    assert page.locator("table.waterfall rect").count() == page.locator("table.waterfall tbody tr").count()
    expect(page.locator("#review-pair")).to_contain_text("Why not")
    expect(page.locator("#banner")).to_have_text("OFFICIAL-SENSITIVE")


def test_keys_decide_with_a_reason_and_the_last_decision_is_taken_back(page: Page) -> None:
    before = rows(page)
    page.click("#review-list >> text=William Thistlewick")
    page.wait_for_selector("#review-actions")
    page.keyboard.press("a")
    expect(page.locator("#notice")).to_contain_text("Say why")
    page.fill("#review-reason", "same passport")
    page.locator("#review-list .chosen button").focus()
    page.keyboard.press("a")
    expect(page.locator("#notice")).to_contain_text("Put down: same")
    page.wait_for_function(f"document.querySelectorAll('#review-list tbody tr').length === {before - 1}")
    expect(page.locator("text=Undo last")).to_be_visible()
    page.fill("#review-reason", "not him")
    page.click("text=Undo last")
    expect(page.locator("#notice")).to_contain_text("Taken back")
    page.wait_for_function(f"document.querySelectorAll('#review-list tbody tr').length === {before}")


def test_filters_and_arrows_move_through_the_queue(page: Page) -> None:
    assert rows(page) >= 2
    page.locator("#review-list tbody tr button").first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#review-list tbody tr").nth(1)).to_have_class("chosen")
    page.select_option("#review-filters [name=type]", "Phone")
    expect(page.locator("#review-list")).to_contain_text("No pair waits here")


def test_hostile_names_are_text(page: Page) -> None:
    assert HOSTILE in page.locator("#review-list").inner_text()
    assert page.locator("#review-list script").count() == 0


def test_every_field_has_a_name_and_every_table_its_heads(page: Page) -> None:
    page.wait_for_selector("#review-actions")
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('#view input, #view select, #view button')]
        .filter((one) => !(one.labels && one.labels.length) && !one.textContent.trim() && !one.ariaLabel)
        .map((one) => one.outerHTML)"""
    )
    assert unnamed == []
    assert page.evaluate("[...document.querySelectorAll('#view th')].every((one) => one.scope)")
    order = page.evaluate(
        "[...document.querySelectorAll('#view [tabindex]')].every((one) => one.tabIndex <= 0)"
    )
    assert order, "the order of focus is that of the page"


CONTRAST = """() => {
  const channel = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
  const light = (c) => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
  const ground = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const c = numbers(getComputedStyle(at).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  return [...document.querySelectorAll('#view *')].filter((one) => [...one.childNodes].some((c) => c.nodeType === 3 && c.data.trim())
    && one.offsetParent && !one.disabled).map((one) => {
    const [a, b] = [light(numbers(getComputedStyle(one).color)), light(ground(one))].sort((x, y) => y - x);
    return [(a + 0.05) / (b + 0.05), one.tagName, one.textContent.slice(0, 30)];
  }).filter(([ratio]) => ratio < 4.5);
}"""


def test_text_can_be_read_against_its_ground(page: Page) -> None:
    page.wait_for_selector("table.waterfall")
    assert page.evaluate(CONTRAST) == []


def test_the_page_as_a_picture(page: Page, tmp_path: Path) -> None:
    page.click("#review-list >> text=William Thistlewick")
    page.wait_for_selector("table.waterfall")
    page.screenshot(path=tmp_path / "review.png")
    box = page.locator(".review").bounding_box()
    assert box is not None
    wide = "[...document.querySelectorAll('.review table')].filter((one) => one.offsetWidth > one.parentElement.offsetWidth)"
    assert page.evaluate(f"{wide}.length") == 0, "nothing is cut off at the side"
