# SPDX-License-Identifier: Apache-2.0
revision = "0004_http"
down_revision = "0003_events"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
