# SPDX-License-Identifier: Apache-2.0
"""A search costs what the store's own documents cost: not those of other stores, and no more hits than are ranked.

Each lexeme is indexed with a tag of its store and language before it, so its entry of the index holds nothing
else. One of sixteen documents is indexed a second time, under a tag of samples: what thousands have is looked for
among those, since no more than a thousand are ranked anyway. Beginnings of words are looked for only where whole words find too little: whatever begins alike must be
collected whole. Words of titles are kept apart, since what is spelt alike is found among thousands of words
faster than among millions of titles.
"""

from shopwright.db.schema import TENANT, for_each_store, sql, tenant_table

revision = "0002_words"
down_revision = "0001_initial"

_TAG = "left(md5(store::text || wanted), 6)"
_SAMPLED = "right(product::text, 1) = '0'"
_ENOUGH, _RANKED = 200, 400
"""So many hits in the sample stand for more than are counted; and so many of them are ranked."""
_FROM = """
SELECT d.store_id, d.locale, d.product_id, d.words FROM search_document d
            WHERE search_keyed(d.store_id, d.locale, d.product_id, d.words) @@
"""
_TITLE_WORDS = """
    SELECT DISTINCT d.store_id, d.locale, w.word FROM {documents} d
    CROSS JOIN LATERAL unnest(tsvector_to_array(to_tsvector('simple', d.title))) AS w (word)
    WHERE {mine} AND length(w.word) BETWEEN 3 AND 40 AND w.word !~ '[0-9]' ORDER BY 1, 2, 3
"""

_TABLE = f"""
CREATE FUNCTION search_keyed(store uuid, wanted text, product uuid, words tsvector) RETURNS tsvector
LANGUAGE sql IMMUTABLE COST 1000 AS $$
    SELECT array_to_tsvector(ARRAY(
        SELECT tag || {_TAG} || lexeme FROM unnest(tsvector_to_array(words)) AS lexeme
        CROSS JOIN unnest(CASE WHEN {_SAMPLED} THEN ARRAY['', '*'] ELSE ARRAY[''] END) AS tag))
$$;
CREATE FUNCTION search_query(tag text, store uuid, wanted text, query tsquery) RETURNS tsquery
LANGUAGE sql IMMUTABLE AS $$
    SELECT regexp_replace(query::text, '''([^'']*)''', '''' || tag || {_TAG} || '\\1''', 'g')::tsquery
$$;
CREATE FUNCTION search_whole(terms text[], wanted text) RETURNS tsquery LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg('(' || words::text || ')', ' & ')::tsquery FROM (
        SELECT plainto_tsquery(search_config(wanted), term) || plainto_tsquery('simple', term) AS words
        FROM unnest(terms) AS term) AS each WHERE numnode(words) > 0
$$;
CREATE INDEX search_document_keyed ON search_document USING gin (search_keyed(store_id, locale, product_id, words));
DROP INDEX search_document_words, search_document_title;
CREATE TABLE search_word (
    store_id uuid NOT NULL REFERENCES kernel_store (id),
    locale text NOT NULL,
    word text NOT NULL,
    PRIMARY KEY (store_id, locale, word)
);
CREATE INDEX search_word_alike ON search_word USING gin (store_id, locale, word gin_trgm_ops);
CREATE FUNCTION search_note_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_word (store_id, locale, word) {_TITLE_WORDS.format(documents="written", mine="true")} ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER search_document_added AFTER INSERT ON search_document
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION search_note_words();
CREATE TRIGGER search_document_changed AFTER UPDATE ON search_document
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION search_note_words();
"""

_FIND = f"""
CREATE FUNCTION search_find(terms text[], wanted text, most integer)
RETURNS TABLE (product_id uuid, rank real, total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    tenant uuid := {TENANT};
    whole tsquery := search_whole(terms, wanted);
    begun tsquery := ''::tsquery;
    term text;
BEGIN
    FOREACH term IN ARRAY terms LOOP
        begun := begun && search_term(term, wanted);
    END LOOP;
    RETURN QUERY
        WITH sample AS MATERIALIZED (
            {_FROM} search_query('*', tenant, wanted, whole) LIMIT {_RANKED}
        ), exact AS MATERIALIZED (
            {_FROM} search_query('', tenant, wanted, whole)
                AND (SELECT count(*) FROM sample) < {_ENOUGH} LIMIT 1001
        ), begun_sample AS MATERIALIZED (
            {_FROM} search_query('*', tenant, wanted, begun)
                AND (SELECT count(*) FROM sample) < {_ENOUGH} AND (SELECT count(*) FROM exact) < most LIMIT {_RANKED}
        ), beginning AS MATERIALIZED (
            {_FROM} search_query('', tenant, wanted, begun)
                AND (SELECT count(*) FROM sample) < {_ENOUGH} AND (SELECT count(*) FROM exact) < most
                AND (SELECT count(*) FROM begun_sample) < {_ENOUGH} LIMIT 1001
        ), matches AS (
            SELECT *, 1001::bigint AS least FROM sample WHERE (SELECT count(*) FROM sample) >= {_ENOUGH}
            UNION ALL SELECT *, 1001 FROM begun_sample WHERE (SELECT count(*) FROM begun_sample) >= {_ENOUGH}
            UNION ALL SELECT *, 0 FROM exact WHERE (SELECT count(*) FROM exact) >= most
            UNION ALL SELECT *, 0 FROM beginning
        )
        SELECT m.product_id, ts_rank_cd(m.words, begun), greatest(m.least, count(*) OVER ())
        FROM matches m WHERE m.store_id = tenant AND m.locale = wanted ORDER BY 2 DESC, 1 LIMIT most;
END $$;
"""

_SUGGEST = f"""
CREATE FUNCTION search_suggest(terms text[], wanted text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off
SET pg_trgm.similarity_threshold = 0.25 AS $$
DECLARE
    tenant uuid := {TENANT};
    alike text[];
BEGIN
    SELECT array_agg(near.word ORDER BY given.place) INTO alike FROM unnest(terms) WITH ORDINALITY AS given (term, place)
    CROSS JOIN LATERAL (
        SELECT w.word FROM search_word w WHERE w.store_id = tenant AND w.locale = wanted AND w.word % lower(given.term)
        ORDER BY similarity(w.word, lower(given.term)) DESC, w.word LIMIT 1
    ) AS near;
    IF alike IS NULL OR alike = ARRAY(SELECT lower(term) FROM unnest(terms) AS term)
        OR NOT EXISTS ({_FROM} search_query('*', tenant, wanted, search_whole(alike, wanted)))
        AND NOT EXISTS ({_FROM} search_query('', tenant, wanted, search_whole(alike, wanted))) THEN
        RETURN NULL;
    END IF;
    RETURN array_to_string(alike, ' ');
END $$;
"""

_BEFORE = f"""
DROP FUNCTION search_suggest(text[], text);
DROP FUNCTION search_find(text[], text, integer);
DROP TRIGGER search_document_added ON search_document;
DROP TRIGGER search_document_changed ON search_document;
DROP FUNCTION search_note_words();
DROP TABLE search_word;
DROP INDEX search_document_keyed;
DROP FUNCTION search_whole(text[], text);
DROP FUNCTION search_query(text, uuid, text, tsquery);
DROP FUNCTION search_keyed(uuid, text, uuid, tsvector);
CREATE INDEX search_document_words ON search_document USING gin (store_id, locale, words);
CREATE INDEX search_document_title ON search_document USING gin (title gin_trgm_ops);
CREATE FUNCTION search_find(terms text[], wanted text, most integer)
RETURNS TABLE (product_id uuid, rank real, total bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    tenant uuid := {TENANT};
    query tsquery := ''::tsquery;
    term text;
BEGIN
    FOREACH term IN ARRAY terms LOOP
        query := query && search_term(term, wanted);
    END LOOP;
    RETURN QUERY
        WITH matches AS MATERIALIZED (
            SELECT d.product_id, d.words FROM search_document d
            WHERE d.store_id = tenant AND d.locale = wanted AND d.words @@ query LIMIT 2000
        )
        SELECT m.product_id, ts_rank_cd(m.words, query), count(*) OVER ()
        FROM matches m ORDER BY 2 DESC, 1 LIMIT most;
END $$;
CREATE FUNCTION search_suggest(term text, wanted text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT title FROM search_document
    WHERE store_id = {TENANT} AND locale = wanted AND term <% title
    ORDER BY term <<-> title, title LIMIT 1
$$;
"""


def upgrade() -> None:
    sql("DROP FUNCTION search_suggest(text, text); DROP FUNCTION search_find(text[], text, integer);")
    sql(_TABLE)
    tenant_table("search_word", definer_reads=True)
    # Whoever migrates sees the documents of all stores, as the functions do.
    mine = _TITLE_WORDS.format(documents="search_document", mine=f"d.store_id = {TENANT}")
    for_each_store(f"INSERT INTO search_word (store_id, locale, word) {mine}")
    sql(_FIND)
    sql(_SUGGEST)
    _own("search_find(text[], text, integer)", "search_suggest(text[], text)")
    for function in (
        "keyed(uuid, text, uuid, tsvector)",
        "query(text, uuid, text, tsquery)",
        "whole(text[], text)",
    ):
        sql(f"GRANT EXECUTE ON FUNCTION search_{function} TO shopwright_definer;")


def downgrade() -> None:
    sql(_BEFORE)
    _own("search_find(text[], text, integer)", "search_suggest(text, text)")


def _own(*functions: str) -> None:
    for function in functions:
        sql(f"ALTER FUNCTION {function} OWNER TO shopwright_definer;")
