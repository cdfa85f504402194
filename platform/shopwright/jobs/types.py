# SPDX-License-Identifier: Apache-2.0
"""What a job and a schedule are."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from croniter import croniter  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from shopwright.context import Context

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a failed job is tried, and when: after ``first`` seconds, then ``factor`` times as long."""

    attempts: int = 8
    first: float = 2.0
    factor: float = 3.0
    longest: float = 6 * 3600.0

    def delay(self, attempt: int) -> float:
        """Give the seconds to wait after the given attempt (counted from 1) failed."""
        return min(self.first * self.factor ** (attempt - 1), self.longest)


@dataclass(frozen=True, slots=True)
class Job(Generic[P]):
    """One kind of background work. It runs at least once, in the store it was put in the queue for.

    ``payload`` is a frozen dataclass or pydantic model; ``handler`` opens its own transactions.
    """

    code: str
    """``<plugin>.<name>``."""
    payload: type[P]
    """Ids and plain values: it lies in a table above the stores, so it must say nothing about a person."""
    handler: Callable[["Context", P], Awaitable[None]]
    retry: Retry = field(default_factory=Retry)
    timeout: float = 300.0


@dataclass(frozen=True, slots=True)
class Schedule:
    """A job that runs by the clock: ``cron`` is a five-field expression in UTC."""

    code: str
    cron: str
    job: Job[Any]
    payload: Any

    def __post_init__(self) -> None:
        if len(self.cron.split()) != 5 or not croniter.is_valid(self.cron):
            raise ValueError(
                f"schedule {self.code!r}: {self.cron!r} is not a cron expression of five fields, "
                "such as '*/15 * * * *'"
            )
