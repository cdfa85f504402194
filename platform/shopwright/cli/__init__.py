# SPDX-License-Identifier: Apache-2.0
"""The ``shopwright`` command."""

import gc


def main() -> None:
    """Run the command line. Exit codes: 0 done, 1 found something wrong, 2 could not do it."""
    # Loading makes a million objects that stay: to look for garbage among them takes a fifth of the time to start.
    gc.disable()
    from shopwright.cli.main import run

    run()
