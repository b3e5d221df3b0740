"""The whole stand-in as one ASGI application: two providers and the admin side."""

from starlette.routing import BaseRoute, Route, Router
from starlette.types import Receive, Scope, Send

from pos_app.sandbox.admin import Admin
from pos_app.sandbox.admin_mood import Mood
from pos_app.sandbox.admin_world import World
from pos_app.sandbox.calls import Desk, Endpoint
from pos_app.sandbox.cardpluspay import CardPlusPay
from pos_app.sandbox.exchange import Provider
from pos_app.sandbox.leaving import Leaving
from pos_app.sandbox.levelup import LevelUp
from pos_app.sandbox.merchants import merchants

CARDPLUSPAY = "/cardpluspay/v1"
"""Where CardPlusPay's calls begin; its version is part of the base address, as in the original."""

LEVELUP = "/levelup"
"""Where LevelUp's calls begin; its version follows, since one client uses both v14 and v15."""

ADMIN = "/admin"


class _Elsewhere:
    """What is asked for under no fixed path: a challenge, or nothing, which each provider says in its way."""

    def __init__(self, desk: Desk, cardpluspay: CardPlusPay, levelup: Provider) -> None:
        self._desk = desk
        self._cardpluspay = cardpluspay
        self._levelup = levelup

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        challenge = self._cardpluspay.challenge_path()
        if scope["path"] == challenge.pattern:
            await Endpoint(self._desk, self._cardpluspay, challenge)(
                {**scope, "path_params": {}}, receive, send
            )
            return
        provider = self._levelup if scope["path"].startswith(LEVELUP + "/") else self._cardpluspay
        leaving = Leaving(scope, receive, send, self._desk.clock.now, provider.headers)
        await leaving.whole(provider.no_such_path())


def application(desk: Desk) -> Router:
    """The stand-in that works on this desk's ledger."""
    known = merchants(desk.ledger.seed)
    cardpluspay, levelup = CardPlusPay(desk.ledger, desk.signing), LevelUp(desk.ledger, known)
    providers: tuple[Provider, Provider] = (cardpluspay, levelup)
    routes: list[BaseRoute] = [
        Route(path.pattern, Endpoint(desk, provider, path))
        for provider in providers
        for path in provider.paths()
    ]
    fixed = frozenset(path.pattern for path in cardpluspay.paths())
    routes += Admin(desk, known).routes()
    routes += World(desk, fixed).routes()
    routes += Mood(desk).routes()
    return Router(routes, redirect_slashes=False, default=_Elsewhere(desk, cardpluspay, levelup))
