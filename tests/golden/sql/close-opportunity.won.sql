-- close-opportunity: 0 a rule passes or does not apply, 1 it fails, 2 it is unknown
SELECT
  f."opportunity",
  CASE WHEN f."opportunity_open" = 1 OR f."no_active_quotes" = 1 OR f."close_date_after_creation" = 1 OR f."revenue_present" = 1 OR f."revenue_not_negative" = 1 OR f."revenue_in_range" = 1 OR f."revenue_precision" = 1 OR f."revenue_currency" = 1 THEN 'blocked' WHEN f."opportunity_open" = 2 OR f."no_active_quotes" = 2 OR f."close_date_after_creation" = 2 OR f."revenue_present" = 2 OR f."revenue_not_negative" = 2 OR f."revenue_in_range" = 2 OR f."revenue_precision" = 2 OR f."revenue_currency" = 2 THEN 'undetermined' ELSE 'closable' END AS "verdict",
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
  f."revenue_present",
  f."revenue_not_negative",
  f."revenue_not_negative__revenue",
  f."revenue_not_negative__revenue__currency",
  f."revenue_in_range",
  f."revenue_in_range__revenue",
  f."revenue_in_range__revenue__currency",
  f."revenue_in_range__limit__currency",
  f."revenue_precision",
  f."revenue_precision__revenue",
  f."revenue_precision__currency",
  f."revenue_precision__places",
  f."revenue_currency",
  f."revenue_currency__expected",
  f."revenue_currency__currency",
  f."won_without_won_quote",
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
    -- revenue-present (error): where has(close.outcome) && close.outcome == 'won', assert has(close.revenue)
    CASE WHEN o."estimated_revenue" IS NULL THEN 1 ELSE 0 END AS "revenue_present",
    -- revenue-not-negative (error): where has(close.revenue) && !settings.negative_revenue, assert close.revenue >= 0
    CASE WHEN o."estimated_revenue" IS NOT NULL AND o."estimated_revenue" < CAST('0' AS DECIMAL(19, 4)) THEN 1 WHEN o."estimated_revenue" IS NULL OR o."estimated_revenue" >= CAST('0' AS DECIMAL(19, 4)) THEN 0 ELSE 2 END AS "revenue_not_negative",
    o."estimated_revenue" AS "revenue_not_negative__revenue",
    o."currency" AS "revenue_not_negative__revenue__currency",
    -- revenue-in-range (error): where has(close.revenue), assert close.revenue <= settings.max_revenue && close.revenue >= -settings.max_revenue
    CASE WHEN o."estimated_revenue" IS NOT NULL AND (o."estimated_revenue" > CAST('1000000000000' AS DECIMAL(19, 4)) OR o."estimated_revenue" < CAST('-1000000000000' AS DECIMAL(19, 4))) THEN 1 WHEN o."estimated_revenue" IS NULL OR (o."estimated_revenue" <= CAST('1000000000000' AS DECIMAL(19, 4)) AND o."estimated_revenue" >= CAST('-1000000000000' AS DECIMAL(19, 4))) THEN 0 ELSE 2 END AS "revenue_in_range",
    o."estimated_revenue" AS "revenue_in_range__revenue",
    o."currency" AS "revenue_in_range__revenue__currency",
    o."currency" AS "revenue_in_range__limit__currency",
    -- revenue-precision (error): where has(close.revenue) && close.revenue.scale() > 0, assert close.revenue.scale() <= currency.digits()
    CASE WHEN o."estimated_revenue" IS NOT NULL AND CASE WHEN o."estimated_revenue" = CAST(o."estimated_revenue" AS DECIMAL(19, 0)) THEN 0 WHEN o."estimated_revenue" = CAST(o."estimated_revenue" AS DECIMAL(19, 1)) THEN 1 WHEN o."estimated_revenue" = CAST(o."estimated_revenue" AS DECIMAL(19, 2)) THEN 2 WHEN o."estimated_revenue" = CAST(o."estimated_revenue" AS DECIMAL(19, 3)) THEN 3 WHEN o."estimated_revenue" IS NOT NULL THEN 4 END > 0 AND CASE WHEN o."estimated_revenue" = CAST(o."estimated_revenue" AS DECIMAL(19, 0)) THEN 0 WHEN o."estimated_revenue" = CAST(o."estimated_revenue" AS DECIMAL(19, 1)) THEN 1 WHEN o."estimated_revenue" = CAST(o."estimated_revenue" AS DECIMAL(19, 2)) THEN 2 WHEN o."estimated_revenue" = CAST(o."estimated_revenue" AS DECIMAL(19, 3)) THEN 3 WHEN o."estimated_revenue" IS NOT NULL THEN 4 END > CASE WHEN o."currency" IN ('ADP', 'AFN', 'ALL', 'BIF', 'BYR', 'CLP', 'DJF', 'ESP', 'GNF', 'IQD', 'IRR', 'ISK', 'ITL', 'JPY', 'KMF', 'KPW', 'KRW', 'LAK', 'LBP', 'LUF', 'MGA', 'MGF', 'MMK', 'MRO', 'PYG', 'RSD', 'RWF', 'SLL', 'SOS', 'STD', 'SYP', 'TMM', 'TRL', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF', 'YER', 'ZMK', 'ZWD') THEN 0 WHEN o."currency" IN ('BHD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 3 WHEN o."currency" IN ('CLF', 'UYW') THEN 4 WHEN o."currency" IS NOT NULL THEN 2 END THEN 1 WHEN o."estimated_revenue" IS NULL OR CASE WHEN o."estimated_revenue" = CAST(o."estimated_revenue" AS DECIMAL(19, 0)) THEN 0 WHEN o."estimated_revenue" = CAST(o."estimated_revenue" AS DECIMAL(19, 1)) THEN 1 WHEN o."estimated_revenue" = CAST(o."estimated_revenue" AS DECIMAL(19, 2)) THEN 2 WHEN o."estimated_revenue" = CAST(o."estimated_revenue" AS DECIMAL(19, 3)) THEN 3 WHEN o."estimated_revenue" IS NOT NULL THEN 4 END <= 0 OR CASE WHEN o."estimated_revenue" = CAST(o."estimated_revenue" AS DECIMAL(19, 0)) THEN 0 WHEN o."estimated_revenue" = CAST(o."estimated_revenue" AS DECIMAL(19, 1)) THEN 1 WHEN o."estimated_revenue" = CAST(o."estimated_revenue" AS DECIMAL(19, 2)) THEN 2 WHEN o."estimated_revenue" = CAST(o."estimated_revenue" AS DECIMAL(19, 3)) THEN 3 WHEN o."estimated_revenue" IS NOT NULL THEN 4 END <= CASE WHEN o."currency" IN ('ADP', 'AFN', 'ALL', 'BIF', 'BYR', 'CLP', 'DJF', 'ESP', 'GNF', 'IQD', 'IRR', 'ISK', 'ITL', 'JPY', 'KMF', 'KPW', 'KRW', 'LAK', 'LBP', 'LUF', 'MGA', 'MGF', 'MMK', 'MRO', 'PYG', 'RSD', 'RWF', 'SLL', 'SOS', 'STD', 'SYP', 'TMM', 'TRL', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF', 'YER', 'ZMK', 'ZWD') THEN 0 WHEN o."currency" IN ('BHD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 3 WHEN o."currency" IN ('CLF', 'UYW') THEN 4 WHEN o."currency" IS NOT NULL THEN 2 END THEN 0 ELSE 2 END AS "revenue_precision",
    o."estimated_revenue" AS "revenue_precision__revenue",
    o."currency" AS "revenue_precision__currency",
    CASE WHEN o."currency" IN ('ADP', 'AFN', 'ALL', 'BIF', 'BYR', 'CLP', 'DJF', 'ESP', 'GNF', 'IQD', 'IRR', 'ISK', 'ITL', 'JPY', 'KMF', 'KPW', 'KRW', 'LAK', 'LBP', 'LUF', 'MGA', 'MGF', 'MMK', 'MRO', 'PYG', 'RSD', 'RWF', 'SLL', 'SOS', 'STD', 'SYP', 'TMM', 'TRL', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF', 'YER', 'ZMK', 'ZWD') THEN 0 WHEN o."currency" IN ('BHD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 3 WHEN o."currency" IN ('CLF', 'UYW') THEN 4 WHEN o."currency" IS NOT NULL THEN 2 END AS "revenue_precision__places",
    -- revenue-currency (error): where has(close.revenue) && has(close.currency), assert close.currency == opportunity.currency
    CASE WHEN o."estimated_revenue" IS NOT NULL AND o."currency" IS NOT NULL AND o."currency" <> o."currency" THEN 1 WHEN o."estimated_revenue" IS NULL OR o."currency" IS NULL OR o."currency" = o."currency" THEN 0 ELSE 2 END AS "revenue_currency",
    o."currency" AS "revenue_currency__expected",
    o."currency" AS "revenue_currency__currency",
    -- won-without-won-quote (warning): where has(close.outcome) && close.outcome == 'won' && opportunity.quotes.size() > 0, assert opportunity.quotes.exists(q, q.state == 'won')
    CASE WHEN COALESCE(a1."n6", 0) > 0 AND COALESCE(a1."n8", 0) = 0 THEN 1 WHEN COALESCE(a1."n6", 0) <= 0 OR COALESCE(a1."n7", 0) > 0 THEN 0 ELSE 2 END AS "won_without_won_quote",
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
WHERE f."opportunity_open" <> 0 OR f."no_active_quotes" <> 0 OR f."drafts_closed_as_well" <> 0 OR f."close_date_after_creation" <> 0 OR f."revenue_present" <> 0 OR f."revenue_not_negative" <> 0 OR f."revenue_in_range" <> 0 OR f."revenue_precision" <> 0 OR f."revenue_currency" <> 0 OR f."won_without_won_quote" <> 0 OR f."one_won_quote" <> 0;
