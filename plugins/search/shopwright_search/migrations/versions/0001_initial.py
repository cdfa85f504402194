# SPDX-License-Identifier: Apache-2.0
"""Search documents, and the function that finds them at the speed of no row-level security.

``@@`` is not leak-proof, so under row-level security PostgreSQL would not use the index. The function runs
as a role that is no tenant, filters by the tenant itself, and gives ids only.
"""

from shopwright.db.schema import TENANT, sql, tenant_table

revision = "0001_initial"
down_revision = None

_TABLE = """
CREATE TABLE search_document (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    id uuid NOT NULL,
    product_id uuid NOT NULL,
    locale text NOT NULL,
    title text NOT NULL,
    words tsvector NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (store_id, id),
    UNIQUE (store_id, product_id, locale)
);
CREATE INDEX search_document_words ON search_document USING gin (store_id, locale, words);
CREATE INDEX search_document_title ON search_document USING gin (title gin_trgm_ops);
CREATE FUNCTION search_config(wanted text) RETURNS regconfig LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE left(wanted, 2) WHEN 'en' THEN 'english'::regconfig WHEN 'de' THEN 'german'::regconfig
        WHEN 'es' THEN 'spanish'::regconfig WHEN 'fr' THEN 'french'::regconfig
        WHEN 'it' THEN 'italian'::regconfig WHEN 'nl' THEN 'dutch'::regconfig
        WHEN 'pt' THEN 'portuguese'::regconfig ELSE 'simple'::regconfig END
$$;
"""

_FIND = f"""
CREATE FUNCTION search_find(terms text[], wanted text, most integer)
RETURNS TABLE (product_id uuid, rank real, total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    tenant uuid := {TENANT};
    query tsquery := ''::tsquery;
    term text;
BEGIN
    FOREACH term IN ARRAY terms LOOP
        query := CASE WHEN query = ''::tsquery THEN search_term(term, wanted)
            ELSE query && search_term(term, wanted) END;
    END LOOP;
    RETURN QUERY
        WITH matches AS MATERIALIZED (
            SELECT d.product_id, d.words FROM search_document d
            WHERE d.store_id = tenant AND d.locale = wanted AND d.words @@ query LIMIT 2000
        )
        SELECT m.product_id, ts_rank_cd(m.words, query), count(*) OVER ()
        FROM matches m ORDER BY 2 DESC, 1 LIMIT most;
END $$;
"""

_TERM = """
CREATE FUNCTION search_term(term text, wanted text) RETURNS tsquery LANGUAGE sql IMMUTABLE AS $$
    SELECT plainto_tsquery(search_config(wanted), term) || to_tsquery('simple', quote_literal(lower(term)) || ':*')
$$;
"""

_SUGGEST = f"""
CREATE FUNCTION search_suggest(term text, wanted text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT title FROM search_document
    WHERE store_id = {TENANT} AND locale = wanted AND term <% title
    ORDER BY term <<-> title, title LIMIT 1
$$;
"""


def upgrade() -> None:
    sql(_TABLE)
    tenant_table("search_document", definer_reads=True)
    sql(_TERM)
    sql(_FIND)
    sql(_SUGGEST)
    for function in ("search_find(text[], text, integer)", "search_suggest(text, text)"):
        sql(f"ALTER FUNCTION {function} OWNER TO shopwright_definer;")
    for function in ("search_config(text)", "search_term(text, text)"):
        sql(f"GRANT EXECUTE ON FUNCTION {function} TO shopwright_definer;")


def downgrade() -> None:
    sql("""
    DROP FUNCTION search_suggest(text, text);
    DROP FUNCTION search_find(text[], text, integer);
    DROP FUNCTION search_term(text, text);
    DROP TABLE search_document;
    DROP FUNCTION search_config(text);
    """)
