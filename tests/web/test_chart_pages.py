"""Charts and reports in a real browser: nothing is fetched, nothing goes wrong, nothing that a source wrote runs."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from analytics.business import business_chain
from analytics.reports.build import build_chart
from analytics.reports.business import build_report
from analytics.reports.business_html import render_report_html
from analytics.reports.chart_html import render_html
from analytics.reports.chart_svg import render_svg
from analytics.reports.layout import circle_layout
from tests.components import missing
from tests.unit.reports import car_wash as cw

pytestmark = pytest.mark.chromium
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@dataclass
class Watched:
    """A page and everything that it did beside showing itself."""

    page: Page
    path: Path
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def quiet(self) -> bool:
        own = [url for url in self.requests if not url.startswith("data:")]
        return not self.console and not self.dialogs and own == [self.path.as_uri()]


@pytest.fixture
def opened(browser: Browser, tmp_path: Path):
    pages = []

    def open_page(text: str, name: str = "page.html") -> Watched:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        pages.append(page)
        watched = Watched(page, path)
        page.on("console", lambda message: watched.console.append(message.text))
        page.on("pageerror", lambda error: watched.console.append(str(error)))
        page.on("request", lambda request: watched.requests.append(request.url))
        page.on("dialog", lambda dialog: (watched.dialogs.append(dialog.message), dialog.dismiss()))
        page.goto(path.as_uri())
        return watched

    yield open_page
    for page in pages:
        page.close()


def chart(neighbourhood=None, **more):
    return build_chart(cw.FakeView(), neighbourhood or cw.neighbourhood(), circle_layout, cw.options(**more))


def report(view=None, **more):
    given = view or cw.CarWashView()
    return build_report(given, business_chain(given, "b3"), cw.report_options(**more))


def drawn(watched: Watched) -> Watched:
    watched.page.wait_for_selector("body[data-drawn=yes]", timeout=30_000)
    return watched


def test_a_chart_draws_and_asks_nobody_for_anything(opened):
    watched = drawn(opened(render_html(chart())))
    assert watched.page.locator("#chart canvas").count() == 1
    assert watched.quiet(), (watched.console, watched.requests)


def test_hostile_names_neither_run_nor_break_a_chart(opened):
    hostile = chart(cw.hostile_neighbourhood(), title=cw.HOSTILE[3], inferred=())
    watched = drawn(opened(render_html(hostile)))
    page = watched.page
    page.click("#tab-items")
    for number in range(len(cw.HOSTILE)):
        page.click(f'[data-choose="h{number:02d}"]')
    page.click("#tab-selected")
    page.mouse.move(500, 450)
    page.wait_for_timeout(400)
    assert page.locator("#selected script, #selected img, table script, table img").count() == 0
    assert page.locator("h1").inner_text() == cw.HOSTILE[3]
    assert watched.quiet(), (watched.console, watched.dialogs, watched.requests)


def test_the_policy_stops_a_script_that_got_in_all_the_same(opened):
    page = render_html(chart()).replace("</header>", "<script>document.title = 'owned'</script></header>", 1)
    watched = opened(page)
    watched.page.wait_for_timeout(300)
    assert watched.page.title() != "owned"
    assert any("Content Security Policy" in line for line in watched.console)


def test_search_selection_tabs_and_keys(opened):
    page = drawn(opened(render_html(chart()))).page
    page.keyboard.press("/")
    page.keyboard.type("quill")
    assert page.locator("#found").inner_text() == "1 of 16 items match"
    page.keyboard.press("Escape")
    page.keyboard.press("t")
    assert page.locator("#pane-items").is_visible()
    assert page.locator("#tab-items").get_attribute("aria-selected") == "true"
    page.click('[data-choose="p2"]')
    page.keyboard.press("l")
    page.locator("#tab-legend").press("ArrowRight")
    chosen = page.locator("#selected").inner_text()
    assert "Marta Quillfeather" in chosen
    assert "3x5x2:2B" in chosen
    assert "member of (organiser) → OCG Harbourlight" in chosen
    page.click('[data-type="Business"]') if page.locator("#pane-legend").is_visible() else page.click(
        "#tab-legend"
    )
    page.click('[data-type="Business"]')
    page.click('[data-lines*="c00"]')
    page.uncheck("#words")
    page.check("#words")


def test_an_empty_chart_opens(opened):
    empty = chart(cw.Neighbourhood((), (), (), truncated=False), inferred=())
    watched = drawn(opened(render_html(empty)))
    assert "nothing to draw" in watched.page.locator(".nothing").inner_text()
    assert watched.quiet(), watched.console


def test_a_chart_fits_the_window_without_a_sideways_scroll(opened):
    page = drawn(opened(render_html(chart()))).page
    for width in (1400, 700):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_report_opens_quietly_with_hostile_names_too(opened):
    watched = opened(render_report_html(report()))
    assert watched.page.locator("#chart svg").first.is_visible()
    assert watched.quiet(), (watched.console, watched.requests)
    text = cw.HOSTILE[3]
    things = [replace(one, caption=text) for one in (*cw.entities(), *cw.more_entities())]
    hostile = opened(render_report_html(report(cw.CarWashView(things))), "hostile.html")
    assert hostile.page.locator("img, script").count() == 0
    assert hostile.quiet(), hostile.console


def test_the_sheet_for_print_opens_as_a_picture(opened):
    watched = opened(render_svg(chart()), "sheet.svg")
    assert watched.page.locator("svg").count() == 1
    assert watched.quiet(), (watched.console, watched.requests)


@pytest.mark.parametrize(
    ("render", "least"), [(lambda: render_report_html(report()), 5), (lambda: render_html(chart()), 4)]
)
def test_every_printed_page_carries_marking_number_and_hash(opened, tmp_path, render, least):
    if not shutil.which("pdftotext"):
        missing("pdftotext", "not on PATH")
    watched = opened(render())
    printed = tmp_path / "printed.pdf"
    watched.page.pdf(path=str(printed), prefer_css_page_size=True, print_background=True)
    text = subprocess.run(
        ["pdftotext", "-layout", str(printed), "-"], capture_output=True, text=True, check=True
    ).stdout
    pages = text.split("\f")[:-1]
    assert len(pages) >= least
    for number, page in enumerate(pages, start=1):
        lines = [line.strip() for line in page.splitlines() if line.strip()]
        assert lines[0] == "OFFICIAL-SENSITIVE", number
        assert lines[-2] == "OFFICIAL-SENSITIVE", (number, lines[-3:])
        assert f"Page {number} of {len(pages)}" in lines[-1]
        assert "SHA-256" in lines[-1]
