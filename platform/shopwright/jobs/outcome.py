# SPDX-License-Identifier: Apache-2.0
"""What became of one job taken from the queue."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal


class GaveUpError(Exception):
    """The work was begun as often as allowed and its process ended each time before it did."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``again`` puts the job back; otherwise it leaves the queue with this status in the log.

    ``canceled`` is a job that was not run, because its plugin is off in the store.
    """

    status: Literal["successful", "canceled", "exception"] = "successful"
    again: timedelta | None = None
    reason: str = ""
    deaths: tuple[BaseException, ...] = field(default=())
    """Why each piece of work that failed for good did so."""


def later(seconds: float, reason: str, deaths: tuple[BaseException, ...] = ()) -> Outcome:
    """Put the job back for a while."""
    return Outcome(again=timedelta(seconds=seconds), reason=reason, deaths=deaths)


def describe(error: BaseException) -> str:
    """Give an error in one line that fits beside a dead letter."""
    return f"{type(error).__name__}: {error}"[:2000]
