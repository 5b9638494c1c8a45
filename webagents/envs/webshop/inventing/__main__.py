"""``python -m webagents.envs.webshop.inventing``: write a made-up catalogue to a folder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from webagents.envs.webshop.inventing.files import write_files
from webagents.envs.webshop.inventing.stream import PRODUCTS, SEED, invent


def main() -> None:
    """Read the flags, write the three files, say what was written."""
    parser = argparse.ArgumentParser(
        prog="python -m webagents.envs.webshop.inventing",
        description="Write a made-up shop's catalogue as the original's three files.",
    )
    parser.add_argument("--products", type=int, default=PRODUCTS, help="how many products")
    parser.add_argument("--seed", type=int, default=SEED, help="which catalogue")
    parser.add_argument("--out", type=Path, required=True, help="the folder to write to")
    flags = parser.parse_args()
    written = write_files(flags.out, invent(flags.products, flags.seed))
    sys.stdout.write(
        f"{written.products} products, {written.human} human and {written.synthetic} synthetic "
        f"instructions in {flags.out}\n"
    )


if __name__ == "__main__":
    main()
