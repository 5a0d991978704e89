-- close-opportunity: 0 a rule passes or does not apply, 1 it fails, 2 it is unknown
SELECT
  f."opportunity",
  CASE WHEN f."opportunity_open" = 1 OR f."no_active_quotes" = 1 THEN 'blocked' WHEN f."opportunity_open" = 2 OR f."no_active_quotes" = 2 THEN 'undetermined' ELSE 'closable' END AS "verdict",
  f."opportunity_open",
  f."opportunity_open__state",
  f."no_active_quotes",
  f."no_active_quotes__count",
  f."no_active_quotes__partial",
  f."drafts_closed_as_well",
  f."drafts_closed_as_well__count",
  f."drafts_closed_as_well__partial",
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
    -- one-won-quote (warning): forbid won_quotes.size() > 1
    CASE WHEN CASE WHEN COALESCE(a1."n3", 0) = 0 THEN COALESCE(a1."n6", 0) END > 1 THEN 1 WHEN CASE WHEN COALESCE(a1."n3", 0) = 0 THEN COALESCE(a1."n6", 0) END <= 1 THEN 0 ELSE 2 END AS "one_won_quote",
    COALESCE(a1."n6", 0) AS "one_won_quote__count",
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
      COUNT(CASE WHEN q."state" = 'won' THEN 1 END) AS "n6"
    FROM "quote" q
    WHERE q."state" = 'active' OR (q."state" NOT IN ('draft', 'won', 'closed') OR q."state" IS NULL) OR (q."state" NOT IN ('draft', 'active', 'won', 'closed') OR q."state" IS NULL) OR q."state" = 'draft' OR (q."state" NOT IN ('active', 'won', 'closed') OR q."state" IS NULL) OR q."state" = 'won'
    GROUP BY q."opportunity"
  ) a1 ON a1."k" = o."id"
) f
WHERE f."opportunity_open" <> 0 OR f."no_active_quotes" <> 0 OR f."drafts_closed_as_well" <> 0 OR f."one_won_quote" <> 0;

-- close-opportunity: 0 a rule passes or does not apply, 1 it fails, 2 it is unknown
SELECT
  f."opportunity",
  p."rule",
  p."part",
  q."id" AS "id",
  q."number" AS "number",
  q."revision" AS "revision",
  q."name" AS "name"
FROM "flags" f
JOIN "quote" q ON q."opportunity" = f."opportunity"
CROSS JOIN (SELECT 1 AS "n", 'no-active-quotes' AS "rule", 'at' AS "part" UNION ALL SELECT 2 AS "n", 'drafts-closed-as-well' AS "rule", 'at' AS "part" UNION ALL SELECT 3 AS "n", 'one-won-quote' AS "rule", 'at' AS "part") p
WHERE (q."state" = 'active' OR q."state" = 'draft' OR q."state" = 'won') AND CASE p."n" WHEN 1 THEN CASE WHEN f."no_active_quotes" = 1 AND (q."state" = 'active') THEN 1 END WHEN 2 THEN CASE WHEN f."drafts_closed_as_well" = 1 AND (q."state" = 'draft') THEN 1 END WHEN 3 THEN CASE WHEN f."one_won_quote" = 1 AND (q."state" = 'won') THEN 1 END END = 1;
