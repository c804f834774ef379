"""The provider as a process of its own: ``python -m tests.oidc.run REDIRECT_URI [PORT]`` prints its port.

Everybody is the user of ``/control/user``; consent is given at once. The ``/control`` addresses, which no real provider
has, rotate keys, change claims and sign what a test asks.
"""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.oidc.handler import handler_of
from tests.oidc.provider import Server, State


def main(redirect_uri: str, port: int) -> None:
    http = ThreadingHTTPServer(("127.0.0.1", port), BaseHTTPRequestHandler)
    state = State(f"http://127.0.0.1:{http.server_port}/realm", redirect_uri)
    state.rotate()
    http.RequestHandlerClass = handler_of(state, Server(state))
    print(http.server_port, flush=True)
    http.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0)
