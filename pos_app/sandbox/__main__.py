"""`python -m pos_app.sandbox`: the stand-in for both providers as a program of its own."""

import argparse
import sys
from pathlib import Path
from typing import Final

_LAST_PORT = 65_535
_LONGEST_LATENCY = 600_000
_MOST_PRODUCTS = 100_000


def _port(text: str) -> int:
    return _within(text, _LAST_PORT)


USUAL_LATENCY_MS: Final = 40
"""What a company in the same country takes at best; one that answers at once would hide all waiting."""


def _latency(text: str) -> int:
    return _within(text, _LONGEST_LATENCY)


def _products(text: str) -> int:
    return _within(text, _MOST_PRODUCTS)


def _within(text: str, most: int) -> int:
    if not (text.isascii() and text.isdigit()) or int(text) > most:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 0 to {most}")
    return int(text)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the sandbox, for whichever command offers it."""
    parser.add_argument("--port", type=_port, default=0, help="port on 127.0.0.1; 0 takes any free one")
    parser.add_argument("--seed", type=int, default=1, help="which catalogue and which dice")
    parser.add_argument(
        "--latency",
        type=_latency,
        default=USUAL_LATENCY_MS,
        metavar="MS",
        help=f"added to every answer (default: {USUAL_LATENCY_MS})",
    )
    parser.add_argument(
        "--products",
        type=_products,
        metavar="N",
        help="how many products CardPlusPay sells (default: over 2,000)",
    )
    parser.add_argument("--state", type=Path, metavar="FILE", help="keep the ledger in this file")
    parser.add_argument("--signing", action="store_true", help="CardPlusPay's requests must be signed")
    parser.add_argument("--exit-with-stdin", action="store_true", help="end when standard input ends")


def main(args: argparse.Namespace) -> int:
    """Serves as the options say and returns the exit code."""
    from pos_app.sandbox.server import run

    return run(
        args.port,
        args.seed,
        args.latency,
        args.state,
        products_number=args.products,
        signing=args.signing,
        exit_with_stdin=args.exit_with_stdin,
    )


if __name__ == "__main__":
    _parser = argparse.ArgumentParser(prog="python -m pos_app.sandbox", description=__doc__)
    add_arguments(_parser)
    sys.exit(main(_parser.parse_args()))
