# SPDX-License-Identifier: Apache-2.0
"""${message}"""

from shopwright.db.schema import sql

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    sql("""${upgrades if upgrades else ""}""")


def downgrade() -> None:
    sql("""${downgrades if downgrades else ""}""")
