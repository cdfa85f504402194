# SPDX-License-Identifier: Apache-2.0
"""Running the checks of all invariants on one snapshot of each store's data."""

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import text

from shopwright.auth.checks import checks as auth_checks
from shopwright.doctor import DoctorCheck
from shopwright.events.checks import checks as event_checks
from shopwright.hookspecs import register_doctor_checks
from shopwright.stores import Store

if TYPE_CHECKING:
    from shopwright.kernel import Kernel

Status = Literal["clean", "violated", "unchecked"]
MOST = 100
"""Offenders that are listed of one check."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found in one store; ``error`` when it could not run."""

    code: str
    invariant: str
    title: str
    store: str
    offenders: tuple[tuple[str, str], ...]
    hint: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What the doctor found."""

    status: Status
    findings: tuple[Finding, ...]
    seconds: float

    @property
    def exit_code(self) -> int:
        return {"clean": 0, "violated": 1, "unchecked": 2}[self.status]

    def plain(self) -> dict[str, Any]:
        """Give the report as JSON."""
        checks = [
            {
                "code": f.code, "invariant": f.invariant, "title": f.title, "store": f.store, "hint": f.hint,
                "offenders": [{"id": i, "detail": d} for i, d in f.offenders], "error": f.error,
            }
            for f in self.findings
        ]  # fmt: skip
        return {"status": self.status, "checks": checks, "seconds": round(self.seconds, 3)}


def all_checks(kernel: "Kernel") -> list[DoctorCheck]:
    """Give the checks of the kernel and of every loaded plugin, switched on or not."""
    registered = kernel.registry.registered(register_doctor_checks)
    return [*auth_checks, *event_checks, *(entry.item for entry in registered.values())]


async def examine(kernel: "Kernel") -> Report:
    """Run every check in every store, read-only, each store on one snapshot."""
    started = time.perf_counter()
    checks = all_checks(kernel)
    findings = await _run(kernel, None, [check for check in checks if check.whole_installation])
    for store in kernel.directory.all():
        findings += await _run(kernel, store, [check for check in checks if not check.whole_installation])
        wrong = await kernel.audit.verify(kernel.db, store.id)
        offenders = tuple(("", problem) for problem in wrong)
        findings.append(
            Finding("kernel.audit_chain", "I30", "The audit log is whole", store.code, offenders, "")
        )
    status: Status = "clean"
    if any(finding.offenders for finding in findings):
        status = "violated"
    elif any(finding.error for finding in findings):
        status = "unchecked"
    return Report(status, tuple(findings), time.perf_counter() - started)


async def _run(kernel: "Kernel", store: Store | None, checks: list[DoctorCheck]) -> list[Finding]:
    findings = []
    async with kernel.db.transaction(store.id if store else None, readonly=True) as session:
        await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        for check in checks:
            offenders: tuple[tuple[str, str], ...] = ()
            error = ""
            try:
                async with session.begin_nested():
                    rows = (
                        await session.execute(text(check.sql).execution_options(no_parameters=True))
                    ).all()
                offenders = tuple((str(row[0]), str(row[1])) for row in rows[:MOST])
            except Exception as problem:  # noqa: BLE001 - a check that cannot run is told, the others go on
                error = f"{type(problem).__name__}: {problem}".partition("\n")[0]
            code = store.code if store else ""
            findings.append(
                Finding(check.code, check.invariant, check.title, code, offenders, check.hint, error)
            )
    return findings
