"""Where a request comes from: the other end of its connection, or what a named proxy in front of the server says.

Whatever else a request's headers claim (client certificates, users, forwarded hosts) is never looked at.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

UNKNOWN = "unknown"
_MAX = 64


class Address:
    """Puts the address into the request's state: sign-in and rates are counted by it."""

    def __init__(self, app: ASGIApp, proxies: frozenset[str]) -> None:
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on with the address known."""
        if scope["type"] == "http":
            scope["state"]["address"] = self._address(scope)
        await self._app(scope, receive, send)

    def _address(self, scope: Scope) -> str:
        """The nearest address of the chain that is no proxy of ours: what lies behind it could be made up."""
        client: tuple[str, int] | None = scope.get("client")
        found = client[0] if client else UNKNOWN
        if found not in self._proxies:
            return found
        chain = b",".join(value for name, value in scope["headers"] if name == b"x-forwarded-for")
        for part in reversed(chain.decode("latin-1").split(",")):
            hop = part.strip().lower()[:_MAX]
            if hop and hop not in self._proxies:
                return hop
        return found
