# SPDX-License-Identifier: Apache-2.0
"""What a check of an invariant is; ``shopwright doctor`` runs all of them on one snapshot of the data."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DoctorCheck:
    """One invariant as SQL that returns a row for each offender.

    The statement runs once for each store, inside that store's tenant, read-only, at REPEATABLE READ.
    Its first column is the offender's id, the second a short explanation; no row means the invariant holds.
    A check with ``whole_installation`` runs once, without a tenant.
    """

    code: str
    """``<plugin>.<name>``."""
    invariant: str
    """Number in the list of invariants, like ``I7``."""
    title: str
    sql: str
    hint: str = ""
    """What to do about an offender."""
    whole_installation: bool = False
