# SPDX-License-Identifier: Apache-2.0
revision = "0003_events"
down_revision = "0002_auth"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
