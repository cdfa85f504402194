# SPDX-License-Identifier: Apache-2.0
revision = "0002_auth"
down_revision = "0001_stores"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
