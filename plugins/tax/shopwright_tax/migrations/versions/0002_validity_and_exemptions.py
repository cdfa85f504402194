# SPDX-License-Identifier: Apache-2.0
"""Rates that hold from a day on, and who pays no tax."""

from shopwright.db.schema import sql, tenant_table

revision = "0002_validity_and_exemptions"
down_revision = "0001_initial"

_UP = """
ALTER TABLE tax_rate ADD COLUMN valid_from date NOT NULL DEFAULT '0001-01-01';
ALTER TABLE tax_rate DROP CONSTRAINT tax_rate_store_id_country_region_category_key;
ALTER TABLE tax_rate ADD CONSTRAINT tax_rate_place UNIQUE (store_id, country, region, category, valid_from);
CREATE TABLE tax_exemption (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    subject text NOT NULL CHECK (subject ~ '^(group|company|customer):.+'),
    reason text NOT NULL CHECK (reason <> ''),
    certificate text NOT NULL DEFAULT '',
    valid_from date,
    valid_until date CHECK (valid_until >= valid_from),
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (store_id, id)
);
CREATE INDEX tax_exemption_subject ON tax_exemption (store_id, subject);
"""
_DOWN = """
DROP TABLE tax_exemption;
DELETE FROM tax_rate a USING tax_rate b WHERE a.store_id = b.store_id AND a.country = b.country
    AND a.region = b.region AND a.category = b.category AND a.valid_from > b.valid_from;
ALTER TABLE tax_rate DROP CONSTRAINT tax_rate_place;
ALTER TABLE tax_rate ADD CONSTRAINT tax_rate_store_id_country_region_category_key
    UNIQUE (store_id, country, region, category);
ALTER TABLE tax_rate DROP COLUMN valid_from;
"""


def upgrade() -> None:
    sql(_UP)
    tenant_table("tax_exemption")


def downgrade() -> None:
    sql(_DOWN)
