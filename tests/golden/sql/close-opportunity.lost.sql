-- close-opportunity: 0 a rule passes or does not apply, 1 it fails, 2 it is unknown
SELECT
  f."opportunity",
  CASE WHEN f."opportunity_open" = 1 OR f."no_active_quotes" = 1 OR f."close_date_after_creation" = 1 THEN 'blocked' WHEN f."opportunity_open" = 2 OR f."no_active_quotes" = 2 OR f."close_date_after_creation" = 2 THEN 'undetermined' ELSE 'closable' END AS "verdict",
  f."opportunity_open",
  f."opportunity_open__state",
  f."no_active_quotes",
  f."no_active_quotes__count",
  f."no_active_quotes__partial",
  f."drafts_closed_as_well",
  f."drafts_closed_as_well__count",
  f."drafts_closed_as_well__partial",
  f."close_date_after_creation",
  f."close_date_after_creation__created",
  f."one_won_quote",
  f."one_won_quote__count",
  f."one_won_quote__partial"
FROM (
  SELECT
    o."id" AS "opportunity",
    -- opportunity-open (error): assert opportunity.state == 'open'
    CASE WHEN o."state" IN ('won', 'lost') THEN 1 WHEN o."state" = 'open' THEN 0 ELSE 2 END AS "opportunity_open",
    CASE WHEN o."state" IN ('open', 'won', 'lost') THEN o."state" END AS "opportunity_open__state",
    -- no-active-quotes (error): forbid opportunity.quotes.exists(q, q.state == 'active')
    CASE WHEN COALESCE(a1."n1", 0) > 0 THEN 1 WHEN COALESCE(a1."n2", 0) = 0 THEN 0 ELSE 2 END AS "no_active_quotes",
    COALESCE(a1."n1", 0) AS "no_active_quotes__count",
    CASE WHEN COALESCE(a1."n3", 0) > 0 THEN 1 ELSE 0 END AS "no_active_quotes__partial",
    -- drafts-closed-as-well (info): where !settings.drafts_block && opportunity.state == 'open', forbid opportunity.quotes.exists(q, q.state == 'draft')
    CASE WHEN o."state" = 'open' AND COALESCE(a1."n4", 0) > 0 THEN 1 WHEN o."state" IN ('won', 'lost') OR COALESCE(a1."n5", 0) = 0 THEN 0 ELSE 2 END AS "drafts_closed_as_well",
    COALESCE(a1."n4", 0) AS "drafts_closed_as_well__count",
    CASE WHEN COALESCE(a1."n3", 0) > 0 THEN 1 ELSE 0 END AS "drafts_closed_as_well__partial",
    -- close-date-after-creation (error): where has(close.date) && has(opportunity.created_on) && !settings.close_date_before_creation, assert close.date >= opportunity.created_on
    CASE WHEN o."created_on" IS NOT NULL AND CAST('2026-03-31' AS DATE) < o."created_on" THEN 1 WHEN o."created_on" IS NULL OR CAST('2026-03-31' AS DATE) >= o."created_on" THEN 0 ELSE 2 END AS "close_date_after_creation",
    o."created_on" AS "close_date_after_creation__created",
    -- one-won-quote (warning): forbid won_quotes.size() > 1
    CASE WHEN CASE WHEN COALESCE(a1."n3", 0) = 0 THEN COALESCE(a1."n7", 0) END > 1 THEN 1 WHEN CASE WHEN COALESCE(a1."n3", 0) = 0 THEN COALESCE(a1."n7", 0) END <= 1 THEN 0 ELSE 2 END AS "one_won_quote",
    COALESCE(a1."n7", 0) AS "one_won_quote__count",
    CASE WHEN COALESCE(a1."n3", 0) > 0 THEN 1 ELSE 0 END AS "one_won_quote__partial"
  FROM "opportunity" o
  LEFT JOIN (
    SELECT
      q."opportunity" AS "k",
      COUNT(CASE WHEN q."state" = 'active' THEN 1 END) AS "n1",
      COUNT(CASE WHEN q."state" NOT IN ('draft', 'won', 'closed') OR q."state" IS NULL THEN 1 END) AS "n2",
      COUNT(CASE WHEN q."state" NOT IN ('draft', 'active', 'won', 'closed') OR q."state" IS NULL THEN 1 END) AS "n3",
      COUNT(CASE WHEN q."state" = 'draft' THEN 1 END) AS "n4",
      COUNT(CASE WHEN q."state" NOT IN ('active', 'won', 'closed') OR q."state" IS NULL THEN 1 END) AS "n5",
      COUNT(*) AS "n6",
      COUNT(CASE WHEN q."state" = 'won' THEN 1 END) AS "n7",
      COUNT(CASE WHEN q."state" NOT IN ('draft', 'active', 'closed') OR q."state" IS NULL THEN 1 END) AS "n8"
    FROM "quote" q
    GROUP BY q."opportunity"
  ) a1 ON a1."k" = o."id"
) f
WHERE f."opportunity_open" <> 0 OR f."no_active_quotes" <> 0 OR f."drafts_closed_as_well" <> 0 OR f."close_date_after_creation" <> 0 OR f."one_won_quote" <> 0;
