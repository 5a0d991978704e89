SELECT pg_catalog.set_config('search_path', '', false);
CREATE FUNCTION public.oppi18n_audit_is_kept() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM audit_erasure WHERE active) THEN RETURN OLD; END IF; RAISE EXCEPTION 'the audit log is append-only'; END $$;
CREATE TABLE public.audit (
    number bigint NOT NULL,
    at text NOT NULL,
    who text NOT NULL,
    action text NOT NULL,
    opportunity text NOT NULL,
    request_id text,
    fingerprint text,
    ruleset text NOT NULL,
    ruleset_digest text NOT NULL,
    facts_digest text NOT NULL,
    verdict text,
    codes text NOT NULL,
    outcome text NOT NULL,
    row_version bigint
);
CREATE TABLE public.audit_erasure (
    number bigint NOT NULL,
    at text NOT NULL,
    who text NOT NULL,
    before text,
    opportunity text,
    count integer,
    active boolean NOT NULL
);
CREATE SEQUENCE public.audit_erasure_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.audit_erasure_number_seq OWNED BY public.audit_erasure.number;
CREATE SEQUENCE public.audit_number_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.audit_number_seq OWNED BY public.audit.number;
CREATE TABLE public.close_activity (
    id text NOT NULL,
    entity text NOT NULL,
    opportunity text NOT NULL,
    record text NOT NULL,
    subject text,
    "values" text NOT NULL,
    revenue numeric(19,4),
    created_at text NOT NULL,
    canceled boolean NOT NULL
);
CREATE TABLE public.oppi18n_store (
    version integer NOT NULL
);
CREATE SEQUENCE public.oppi18n_store_version_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.oppi18n_store_version_seq OWNED BY public.oppi18n_store.version;
CREATE TABLE public.opportunity (
    id text NOT NULL,
    name text,
    state text,
    status_reason text,
    order_type text,
    customer text,
    currency text,
    estimated_revenue numeric(19,4),
    estimated_close_date date,
    actual_revenue numeric(19,4),
    actual_close_date date,
    created_on date,
    not_loaded text,
    quotes_loaded text,
    row_version bigint NOT NULL
);
CREATE TABLE public.quote (
    id text NOT NULL,
    number text,
    revision bigint,
    name text,
    state text,
    status_reason text,
    order_type text,
    currency text,
    total_amount numeric(19,4),
    effective_from date,
    effective_to date,
    expires_on date,
    not_loaded text,
    parent text NOT NULL,
    "position" integer NOT NULL
);
ALTER TABLE ONLY public.audit ALTER COLUMN number SET DEFAULT nextval('public.audit_number_seq'::regclass);
ALTER TABLE ONLY public.audit_erasure ALTER COLUMN number SET DEFAULT nextval('public.audit_erasure_number_seq'::regclass);
ALTER TABLE ONLY public.oppi18n_store ALTER COLUMN version SET DEFAULT nextval('public.oppi18n_store_version_seq'::regclass);
INSERT INTO public.audit VALUES (1, '2026-11-21T19:36:14.385+00:00', 'ann', 'close', 'o1', 'r1', '798614bca569c3036f967809ef0762ef', 'close-opportunity', '94793a63edda050a', '75b6ea6eef2d2fc92ca4710a7ff43b26', 'closable', '[]', 'closed', 2);
INSERT INTO public.audit VALUES (2, '2026-11-21T19:36:14.408+00:00', 'ann', 'close', 'o3', NULL, '5d63c149f8619a6581dd59c85827e881', 'close-opportunity', '94793a63edda050a', '8b3c6b1bc74972c96d1253d65aa78ae0', 'undetermined', '[]', 'refused', 1);
INSERT INTO public.audit VALUES (3, '2026-11-21T19:36:14.414+00:00', 'bo', 'close', 'o4', 'r4', 'd54d7fb2943ab6837493914416e8809c', 'close-opportunity', '94793a63edda050a', 'f61dcb73119a5d8453d68c9c6c091e06', 'closable', '[]', 'closed', 2);
INSERT INTO public.audit VALUES (4, '2026-11-21T19:36:14.434+00:00', 'bo', 'reopen', 'o4', NULL, '37e5bd51ca2594d47405be6a43048558', 'close-opportunity', '94793a63edda050a', 'db81c5493d40171ac04ca988b348eeab', NULL, '[]', 'reopened', 3);
INSERT INTO public.audit_erasure VALUES (1, '2026-11-21T19:36:14.453+00:00', 'dpo', NULL, 'o5', 1, false);
INSERT INTO public.close_activity VALUES ('ae106fd9-b405-42ea-8b65-fa6c5a7c1e9a', 'quoteclose', 'o1', 'q1-0', 'QUO-0', '{"date": "2026-03-31", "number": "QUO-0", "quote": "q1-0", "revision": 0, "status_reason": "canceled"}', NULL, '2026-11-21T19:36:14.396+00:00', false);
INSERT INTO public.close_activity VALUES ('0fa61285-7c4d-4371-9342-d08bf198af47', 'quoteclose', 'o1', 'q1-1', 'QUO-1', '{"date": "2026-03-31", "number": "QUO-1", "quote": "q1-1", "revision": 0, "status_reason": "canceled"}', NULL, '2026-11-21T19:36:14.398+00:00', false);
INSERT INTO public.close_activity VALUES ('69e74c82-7645-42c2-b210-4415fcc4d54e', 'opportunityclose', 'o1', 'o1', 'Deal 1 – Malmö', '{"currency": "SEK", "date": "2026-03-31", "opportunity": "o1", "outcome": "lost", "status_reason": "canceled"}', NULL, '2026-11-21T19:36:14.399+00:00', false);
INSERT INTO public.close_activity VALUES ('889ba91a-5a3e-4207-bfde-ca42304f7585', 'opportunityclose', 'o4', 'o4', 'Deal 4 – Malmö', '{"currency": "SEK", "date": "2026-03-31", "opportunity": "o4", "outcome": "lost", "status_reason": "canceled"}', NULL, '2026-11-21T19:36:14.425+00:00', true);
INSERT INTO public.close_activity VALUES ('12f696ef-d9a5-4a9c-a571-61158be21052', 'opportunityclose', 'o5', 'o5', 'Deal 5 – Malmö', '{"currency": "SEK", "date": "2026-03-31", "opportunity": "o5", "outcome": "lost", "status_reason": "canceled"}', NULL, '2026-11-21T19:36:14.449+00:00', false);
INSERT INTO public.oppi18n_store VALUES (1);
INSERT INTO public.opportunity VALUES ('o2', 'Deal 2 – Malmö', 'open', NULL, NULL, NULL, 'SEK', 240000.5000, NULL, NULL, NULL, NULL, '["created_on"]', NULL, 1);
INSERT INTO public.opportunity VALUES ('o3', 'Deal 3 – Malmö', 'open', NULL, NULL, NULL, 'SEK', 240000.5000, NULL, NULL, NULL, '2025-12-24', NULL, 'partial', 1);
INSERT INTO public.opportunity VALUES ('o1', 'Deal 1 – Malmö', 'lost', 'canceled', NULL, NULL, 'SEK', 240000.5000, NULL, NULL, '2026-03-31', '2025-12-24', NULL, 'whole', 2);
INSERT INTO public.opportunity VALUES ('o4', 'Deal 4 – Malmö', 'open', 'in_progress', NULL, NULL, 'SEK', 240000.5000, NULL, NULL, NULL, '2025-12-24', NULL, 'whole', 3);
INSERT INTO public.opportunity VALUES ('o5', 'Deal 5 – Malmö', 'lost', 'canceled', NULL, NULL, 'SEK', 240000.5000, NULL, NULL, '2026-03-31', '2025-12-24', NULL, 'whole', 2);
INSERT INTO public.quote VALUES ('q1-2', 'QUO-2', 0, NULL, 'won', NULL, 'item', NULL, 1234.5678, '2026-01-31', NULL, NULL, NULL, 'o1', 2);
INSERT INTO public.quote VALUES ('q3-0', 'QUO-0', 0, NULL, 'closed', NULL, 'item', NULL, 1234.5678, '2026-01-31', NULL, NULL, NULL, 'o3', 0);
INSERT INTO public.quote VALUES ('q1-0', 'QUO-0', 0, NULL, 'closed', 'canceled', 'item', NULL, 1234.5678, '2026-01-31', NULL, NULL, NULL, 'o1', 0);
INSERT INTO public.quote VALUES ('q1-1', 'QUO-1', 0, NULL, 'closed', 'canceled', 'item', NULL, 1234.5678, '2026-01-31', NULL, NULL, NULL, 'o1', 1);
SELECT pg_catalog.setval('public.audit_erasure_number_seq', 1, true);
SELECT pg_catalog.setval('public.audit_number_seq', 5, true);
SELECT pg_catalog.setval('public.oppi18n_store_version_seq', 1, false);
ALTER TABLE ONLY public.audit_erasure
    ADD CONSTRAINT audit_erasure_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_pkey PRIMARY KEY (number);
ALTER TABLE ONLY public.audit
    ADD CONSTRAINT audit_request_id_key UNIQUE (request_id);
ALTER TABLE ONLY public.close_activity
    ADD CONSTRAINT close_activity_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.oppi18n_store
    ADD CONSTRAINT oppi18n_store_pkey PRIMARY KEY (version);
ALTER TABLE ONLY public.opportunity
    ADD CONSTRAINT opportunity_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.quote
    ADD CONSTRAINT quote_parent_position_key UNIQUE (parent, "position");
ALTER TABLE ONLY public.quote
    ADD CONSTRAINT quote_pkey PRIMARY KEY (id);
CREATE INDEX ix_audit_opportunity ON public.audit USING btree (opportunity);
CREATE INDEX ix_close_activity_opportunity ON public.close_activity USING btree (opportunity);
CREATE INDEX ix_opportunity_state ON public.opportunity USING btree (state);
CREATE INDEX ix_quote_parent ON public.quote USING btree (parent);
CREATE TRIGGER audit_is_kept BEFORE DELETE OR UPDATE ON public.audit FOR EACH ROW EXECUTE FUNCTION public.oppi18n_audit_is_kept();
ALTER TABLE ONLY public.close_activity
    ADD CONSTRAINT close_activity_opportunity_fkey FOREIGN KEY (opportunity) REFERENCES public.opportunity(id) ON DELETE CASCADE;
ALTER TABLE ONLY public.quote
    ADD CONSTRAINT quote_parent_fkey FOREIGN KEY (parent) REFERENCES public.opportunity(id) ON DELETE CASCADE;
