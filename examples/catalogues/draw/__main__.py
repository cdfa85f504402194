# SPDX-License-Identifier: Apache-2.0
"""Draw the demo catalogues: ``python -m draw --out DIR`` from the folder above this package."""

import argparse
import time
from functools import partial
from pathlib import Path

from . import CATALOGUES, render_images


def _note(drawn: list[str], done: int, total: int, name: str) -> None:
    drawn.append(name)
    print(f"\r{done}/{total} {name:<60}", end="\n" if done == total else "", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(prog="draw", description="Draw the pictures of the demo catalogues.")
    parser.add_argument("--out", type=Path, required=True, help="folder that gets images/<catalogue>/*.webp")
    parser.add_argument("--catalogue", choices=sorted(CATALOGUES), action="append", help="only this one")
    options = parser.parse_args()
    for catalogue in options.catalogue or CATALOGUES:
        start = time.perf_counter()
        drawn: list[str] = []
        paths = render_images(catalogue, options.out, partial(_note, drawn))
        seconds = time.perf_counter() - start
        print(f"{catalogue}: {len(paths)} pictures, {len(drawn)} drawn in {seconds:.1f} s")


if __name__ == "__main__":
    main()
