BEGIN TRANSACTION;
CREATE TABLE audit (
	number INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	who TEXT NOT NULL, 
	action TEXT NOT NULL, 
	opportunity TEXT NOT NULL, 
	request_id TEXT, 
	fingerprint TEXT, 
	ruleset TEXT NOT NULL, 
	ruleset_digest TEXT NOT NULL, 
	facts_digest TEXT NOT NULL, 
	verdict TEXT, 
	codes TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	row_version BIGINT, 
	PRIMARY KEY (number), 
	UNIQUE (request_id)
);
INSERT INTO "audit" VALUES(1,'2026-11-21T19:36:09.783+00:00','ann','close','o1','r1','798614bca569c3036f967809ef0762ef','close-opportunity','94793a63edda050a','75b6ea6eef2d2fc92ca4710a7ff43b26','closable','[]','closed',2);
INSERT INTO "audit" VALUES(2,'2026-11-21T19:36:09.831+00:00','ann','close','o3',NULL,'5d63c149f8619a6581dd59c85827e881','close-opportunity','94793a63edda050a','8b3c6b1bc74972c96d1253d65aa78ae0','undetermined','[]','refused',1);
INSERT INTO "audit" VALUES(3,'2026-11-21T19:36:09.855+00:00','bo','close','o4','r4','d54d7fb2943ab6837493914416e8809c','close-opportunity','94793a63edda050a','f61dcb73119a5d8453d68c9c6c091e06','closable','[]','closed',2);
INSERT INTO "audit" VALUES(4,'2026-11-21T19:36:09.898+00:00','bo','reopen','o4',NULL,'37e5bd51ca2594d47405be6a43048558','close-opportunity','94793a63edda050a','db81c5493d40171ac04ca988b348eeab',NULL,'[]','reopened',3);
CREATE TABLE audit_erasure (
	number INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	who TEXT NOT NULL, 
	"before" TEXT, 
	opportunity TEXT, 
	count INTEGER, 
	active BOOLEAN NOT NULL, 
	PRIMARY KEY (number)
);
INSERT INTO "audit_erasure" VALUES(1,'2026-11-21T19:36:09.970+00:00','dpo',NULL,'o5',1,0);
CREATE TABLE close_activity (
	id TEXT NOT NULL, 
	entity TEXT NOT NULL, 
	opportunity TEXT NOT NULL, 
	record TEXT NOT NULL, 
	subject TEXT, 
	"values" TEXT NOT NULL, 
	revenue TEXT, 
	created_at TEXT NOT NULL, 
	canceled BOOLEAN NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(opportunity) REFERENCES opportunity (id) ON DELETE CASCADE
);
INSERT INTO "close_activity" VALUES('d6e481ad-431a-466d-a806-3fcadae46310','quoteclose','o1','q1-0','QUO-0','{"date": "2026-03-31", "number": "QUO-0", "quote": "q1-0", "revision": 0, "status_reason": "canceled"}',NULL,'2026-11-21T19:36:09.792+00:00',0);
INSERT INTO "close_activity" VALUES('afcc2f4b-d134-4b51-9b0b-f8e53150b543','quoteclose','o1','q1-1','QUO-1','{"date": "2026-03-31", "number": "QUO-1", "quote": "q1-1", "revision": 0, "status_reason": "canceled"}',NULL,'2026-11-21T19:36:09.801+00:00',0);
INSERT INTO "close_activity" VALUES('0fc34303-d20f-444b-92cc-c56332b65c70','opportunityclose','o1','o1','Deal 1 – Malmö','{"currency": "SEK", "date": "2026-03-31", "opportunity": "o1", "outcome": "lost", "status_reason": "canceled"}',NULL,'2026-11-21T19:36:09.801+00:00',0);
INSERT INTO "close_activity" VALUES('f4dfcdb6-6206-42b4-8d27-66f7e5312b83','opportunityclose','o4','o4','Deal 4 – Malmö','{"currency": "SEK", "date": "2026-03-31", "opportunity": "o4", "outcome": "lost", "status_reason": "canceled"}',NULL,'2026-11-21T19:36:09.865+00:00',1);
INSERT INTO "close_activity" VALUES('c4fa0ceb-71b9-4932-bf32-9c586866a0af','opportunityclose','o5','o5','Deal 5 – Malmö','{"currency": "SEK", "date": "2026-03-31", "opportunity": "o5", "outcome": "lost", "status_reason": "canceled"}',NULL,'2026-11-21T19:36:09.941+00:00',0);
CREATE TABLE oppi18n_store (
	version INTEGER NOT NULL, 
	PRIMARY KEY (version)
);
INSERT INTO "oppi18n_store" VALUES(1);
CREATE TABLE opportunity (
	id TEXT NOT NULL, 
	name TEXT, 
	state TEXT, 
	status_reason TEXT, 
	order_type TEXT, 
	customer TEXT, 
	currency TEXT, 
	estimated_revenue TEXT, 
	estimated_close_date DATE, 
	actual_revenue TEXT, 
	actual_close_date DATE, 
	created_on DATE, 
	not_loaded TEXT, 
	quotes_loaded TEXT, 
	row_version BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "opportunity" VALUES('o1','Deal 1 – Malmö','lost','canceled',NULL,NULL,'SEK','240000.5',NULL,NULL,'2026-03-31','2025-12-24',NULL,'whole',2);
INSERT INTO "opportunity" VALUES('o2','Deal 2 – Malmö','open',NULL,NULL,NULL,'SEK','240000.5',NULL,NULL,NULL,NULL,'["created_on"]',NULL,1);
INSERT INTO "opportunity" VALUES('o3','Deal 3 – Malmö','open',NULL,NULL,NULL,'SEK','240000.5',NULL,NULL,NULL,'2025-12-24',NULL,'partial',1);
INSERT INTO "opportunity" VALUES('o4','Deal 4 – Malmö','open','in_progress',NULL,NULL,'SEK','240000.5',NULL,NULL,NULL,'2025-12-24',NULL,'whole',3);
INSERT INTO "opportunity" VALUES('o5','Deal 5 – Malmö','lost','canceled',NULL,NULL,'SEK','240000.5',NULL,NULL,'2026-03-31','2025-12-24',NULL,'whole',2);
CREATE TABLE quote (
	id TEXT NOT NULL, 
	number TEXT, 
	revision BIGINT, 
	name TEXT, 
	state TEXT, 
	status_reason TEXT, 
	order_type TEXT, 
	currency TEXT, 
	total_amount TEXT, 
	effective_from DATE, 
	effective_to DATE, 
	expires_on DATE, 
	not_loaded TEXT, 
	parent TEXT NOT NULL, 
	position INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (parent, position), 
	FOREIGN KEY(parent) REFERENCES opportunity (id) ON DELETE CASCADE
);
INSERT INTO "quote" VALUES('q1-0','QUO-0',0,NULL,'closed','canceled','item',NULL,'1234.5678','2026-01-31',NULL,NULL,NULL,'o1',0);
INSERT INTO "quote" VALUES('q1-1','QUO-1',0,NULL,'closed','canceled','item',NULL,'1234.5678','2026-01-31',NULL,NULL,NULL,'o1',1);
INSERT INTO "quote" VALUES('q1-2','QUO-2',0,NULL,'won',NULL,'item',NULL,'1234.5678','2026-01-31',NULL,NULL,NULL,'o1',2);
INSERT INTO "quote" VALUES('q3-0','QUO-0',0,NULL,'closed',NULL,'item',NULL,'1234.5678','2026-01-31',NULL,NULL,NULL,'o3',0);
CREATE INDEX ix_opportunity_state ON opportunity (state);
CREATE INDEX ix_audit_opportunity ON audit (opportunity);
CREATE INDEX ix_quote_parent ON quote (parent);
CREATE INDEX ix_close_activity_opportunity ON close_activity (opportunity);
CREATE TRIGGER audit_is_kept BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_is_whole BEFORE DELETE ON audit WHEN NOT EXISTS (SELECT 1 FROM audit_erasure WHERE active) BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
COMMIT;
