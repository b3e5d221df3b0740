"""The whole stand-in as one ASGI application: two providers and the admin side."""

from starlette.routing import BaseRoute, Route, Router
from starlette.types import Receive, Scope, Send

from pos_app.sandbox.admin import Admin
from pos_app.sandbox.calls import Desk, Endpoint, deliver
from pos_app.sandbox.cardpluspay import CardPlusPay
from pos_app.sandbox.exchange import Provider
from pos_app.sandbox.levelup import LevelUp
from pos_app.sandbox.merchants import merchants

CARDPLUSPAY = "/cardpluspay/v1"
"""Where CardPlusPay's calls begin; its version is part of the base address, as in the original."""

LEVELUP = "/levelup"
"""Where LevelUp's calls begin; its version follows, since one client uses both v14 and v15."""

ADMIN = "/admin"


class _Elsewhere:
    """What is asked for under no known path: each provider says so in its own way."""

    def __init__(self, cardpluspay: Provider, levelup: Provider) -> None:
        self._cardpluspay = cardpluspay
        self._levelup = levelup

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        provider = self._levelup if scope["path"].startswith(LEVELUP + "/") else self._cardpluspay
        await deliver(send, provider.no_such_path(), provider)


def application(desk: Desk) -> Router:
    """The stand-in that works on this desk's ledger."""
    known = merchants(desk.ledger.seed)
    providers: tuple[Provider, Provider] = (CardPlusPay(desk.ledger), LevelUp(desk.ledger, known))
    routes: list[BaseRoute] = [
        Route(path.pattern, Endpoint(desk, provider, path))
        for provider in providers
        for path in provider.paths()
    ]
    routes += Admin(desk.ledger, known, desk.faults).routes()
    return Router(routes, redirect_slashes=False, default=_Elsewhere(*providers))
