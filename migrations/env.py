# SPDX-License-Identifier: Apache-2.0
"""Lets Alembic's own command see the kernel's revisions; ``shopwright migrate`` is what runs them.

The command can list and write revisions (``alembic history``, ``alembic revision``). It must not run them:
the lock, the roles and the version table of each plugin are the business of ``shopwright.db.migrate``.
"""

from alembic.util import CommandError

raise CommandError(
    "Run `shopwright migrate` instead: it takes the lock, the owner's role and all plugins in order."
)
