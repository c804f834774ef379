"""The guide of Neo4j Browser: every analyst statement on its page, ready to run, and the style of the types.

Browser loads both from ``http://localhost:PORT`` (it refuses 127.0.0.1), so this serves them with the header that lets
it. They hold no data, only statements; what a statement shows is whatever the Browser's user may read in the server,
which is all of it: Browser knows no access context.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Final

from cypher import Statement, statement

GUIDE_PORT: Final = 7480
CHAPTERS: Final[Mapping[str, tuple[str, ...]]] = {
    "Find and look around": ("published", "find", "neighbourhood", "evidence", "counts"),
    "People": ("who_knows_whom", "vulnerable", "dangerous_families", "triangles", "timeline"),
    "Organised crime groups": ("ocg_members", "ocg_businesses", "ocg_ties"),
    "Businesses": ("chain_up", "chain_down", "business_between", "franchise", "phoenix"),
    "Covers": (
        "formation_addresses",
        "nominee_directors",
        "shared_addresses",
        "shared_phones",
        "shared_accounts",
    ),
    "Money, calls and places": ("money_paths", "money_in_and_out", "calls", "call_events", "crimes_near"),
}
Examples = Mapping[str, str | int | float]
EXAMPLES: Final[Examples] = {
    "text": "car wash",
    "caption": "NAME AS SHOWN",
    "uid": "UID AS SHOWN",
    "from": "FIRST NAME AS SHOWN",
    "to": "SECOND NAME AS SHOWN",
    "business": "BUSINESS AS SHOWN",
    "owner": "OWNER AS SHOWN",
    "group": "GROUP AS SHOWN",
    "other": "OTHER GROUP AS SHOWN",
    "phone": "NUMBER AS SHOWN",
    "person": "NAME AS SHOWN",
    "address": "ADDRESS AS SHOWN",
    "least": 3,
    "least_pence": 1_000_000,
    "metres": 500.0,
}


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of the guide server."""

    content_type: str
    body: bytes


def page(path: str, base_url: str, examples: Examples = EXAMPLES) -> Page | None:
    """What lies at a path: ``/guide.html`` or ``/style.grass``; None for anything else.

    Args:
        path: Path of the request, below ``base_url``.
        base_url: Where this is served, as Browser is to call it (``http://localhost:PORT``).
        examples: Values of the parameters in the guide, in place of those in ``EXAMPLES``.
    """
    if path == "/guide.html":
        return Page("text/html; charset=utf-8", guide_html(base_url, {**EXAMPLES, **examples}).encode())
    if path == "/style.grass":
        return Page("text/plain; charset=utf-8", files("cypher").joinpath("style.grass").read_bytes())
    return None


def guide_html(base_url: str, examples: Examples) -> str:
    """The guide as Browser wants it: one slide a chapter, blocks that a click puts into the editor."""
    slides = [_slide("Start here", _welcome(base_url))]
    for title, names in CHAPTERS.items():
        blocks = "".join(_entry(statement(f"analyst/{name}"), examples) for name in names)
        slides.append(_slide(title, blocks))
    deck = "\n".join(slides)
    return (
        '<article class="guide" title="Organised crime businesses">\n'
        f'<carousel class="deck container-fluid">\n{deck}\n</carousel>\n</article>\n'
    )


def _welcome(base_url: str) -> str:
    return (
        "<p>Click a block to put it into the editor above, then run it (Ctrl+Enter). Where a statement needs a name, run "
        "the <code>:param</code> line first, with the name changed to one you see in the chart.</p>"
        "<p><b>Browser shows everything in this database</b>: no marking, compartment or handling code is checked here "
        "and no read is written to the audit log. Use it only where you are cleared for all of it; everyone else reads "
        "through <code>ocb</code>. A graph that was published to an audience holds what that audience may see and nothing "
        "else. Whose it is, and whether it is complete:</p>"
        f"{_runnable(statement('analyst/published').text)}"
        f"<p>Colours of the types:</p>{_runnable(f':style {base_url}/style.grass')}"
        f"<p>A first look:</p>{_runnable(statement('analyst/counts').text)}"
    )


def _entry(found: Statement, examples: Examples) -> str:
    given = ", ".join(f"{name}: {_literal(examples[name])}" for name in found.params)
    settings = _runnable(f":param {{{given}}}") if given else ""
    return f"<h4>{escape(found.purpose)}</h4>{settings}{_runnable(found.text)}"


def _literal(value: str | float) -> str:
    if isinstance(value, str):
        return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return repr(value)


def _slide(title: str, inner: str) -> str:
    return (
        f'<slide class="row-fluid"><div class="col-sm-3"><h3>{escape(title)}</h3></div>'
        f'<div class="col-sm-9">{inner}</div></slide>'
    )


def _runnable(text: str) -> str:
    return f'<figure><pre mode="cypher" class="pre-scrollable code runnable">{escape(text, quote=False)}</pre></figure>'


def guide_server(port: int = GUIDE_PORT, examples: Examples = EXAMPLES) -> ThreadingHTTPServer:
    """A server on the loopback address; run its ``serve_forever``, and ``server_close`` it in the end.

    Raises:
        OSError: the port is in use.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = page(self.path.partition("?")[0], f"http://localhost:{server.server_port}", examples)
            answer = found or Page("text/plain", b"not here: /guide.html or /style.grass\n")
            self._head(200 if found else 404, answer)
            self.wfile.write(answer.body)

        def do_OPTIONS(self) -> None:
            self._head(204, Page("text/plain", b""))

        def _head(self, code: int, answer: Page) -> None:
            self.send_response(code)
            # guides and styles are the same for everyone, and Browser's origin is another port
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Allow-Headers", "*")
            self.send_header("Cache-Control", "no-cache")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- named by the base class
            """Say nothing on the terminal."""

    server = ThreadingHTTPServer(("localhost", port), Handler)
    return server
