// The rules of close-opportunity under their default settings, written by hand in JavaScript, and timed by turns
// against the exported module: node _browser.mjs FOLDER ROUNDS, where FOLDER has the modules and cases.json.
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { pathToFileURL } from "node:url";

const [folder, rounds] = [process.argv[2], Number(process.argv[3])];
const rules = await import(pathToFileURL(`${folder}/close-opportunity.mjs`));
const texts = await import(pathToFileURL(`${folder}/close-opportunity.en.mjs`));
const { today, digits, sets } = JSON.parse(readFileSync(`${folder}/cases.json`, "utf8"));

const LIMIT = 1000000000000n * 10000n;
const LOST = ["canceled", "out_sold"];

/** An amount in ten-thousandths. */
function units(text) {
  const [whole, fraction = ""] = text.split(".");
  return BigInt(whole + fraction.padEnd(4, "0"));
}

const shown = ({ id, number = null, revision = null, name = null }) => ({ id, number, revision, name });
const byNumber = (one, other) =>
  one.number !== other.number ? (one.number < other.number ? -1 : 1) : one.revision - other.revision || (one.id < other.id ? -1 : 1);

function held(rule, quotes, at) {
  const params = { count: at.length, quotes: at.map((index) => shown(quotes[index])).sort(byNumber) };
  return { rule, params, pointers: at.map((index) => `/opportunity/quotes/${index}/state`) };
}

const places = (quotes, state) => quotes.flatMap((each, index) => (each.state === state ? [index] : []));

/** What fails, with values and pointers, as people write it who trust their records. */
function byHand(opportunity, close) {
  const found = [];
  const fail = (rule, params, ...pointers) => found.push({ rule, params, pointers });
  const { state, quotes } = opportunity;
  const [active, draft, won] = ["active", "draft", "won"].map((each) => places(quotes, each));
  const { outcome, status_reason: reason, date, revenue, competitor, description } = close;
  if (state !== "open") fail("opportunity-open", { state }, "/opportunity/state");
  if (active.length) found.push(held("no-active-quotes", quotes, active));
  if (draft.length && state === "open") found.push(held("drafts-closed-as-well", quotes, draft));
  if (!outcome) fail("outcome-chosen", {}, "/close/outcome");
  if (!reason) fail("status-reason-present", {}, "/close/status_reason");
  if (outcome && reason && !(outcome === "won" ? ["won"] : LOST).includes(reason)) {
    fail("status-reason-fits", { reason, outcome }, "/close/status_reason");
  }
  if (!date) fail("close-date-present", {}, "/close/date");
  if (date && date > today) fail("close-date-not-in-future", { date, today }, "/close/date");
  if (date && opportunity.created_on && date < opportunity.created_on) {
    fail("close-date-after-creation", { date, created: opportunity.created_on }, "/close/date");
  }
  money(opportunity, close, fail);
  if (competitor && outcome && outcome !== "lost") fail("competitor-only-when-lost", {}, "/close/competitor");
  if (reason === "out_sold" && !competitor) fail("competitor-expected", {}, "/close/competitor");
  if (outcome === "won" && quotes.length && !won.length) fail("won-without-won-quote", {});
  if (won.length > 1) found.push(held("one-won-quote", quotes, won));
  if (description && [...description].length > 2000) {
    fail("description-length", { count: 2000, length: [...description].length }, "/close/description");
  }
  return found;
}

function money(opportunity, close, fail) {
  const revenue = close.revenue;
  if (revenue == null) {
    if (close.outcome === "won") fail("revenue-present", {}, "/close/revenue");
    return;
  }
  const amount = units(revenue);
  const currency = close.currency ?? opportunity.currency ?? null;
  if (amount < 0n) fail("revenue-not-negative", { revenue: { amount: revenue, currency } }, "/close/revenue");
  if (amount > LIMIT || amount < -LIMIT) {
    fail("revenue-in-range", { revenue: { amount: revenue, currency }, limit: { amount: "1000000000000", currency } }, "/close/revenue");
  }
  if (currency && amount % 10n ** BigInt(4 - (digits[currency] ?? 2))) {
    fail("revenue-precision", { revenue, currency, places: digits[currency] ?? 2 }, "/close/revenue");
  }
  if (close.currency && close.currency !== opportunity.currency) {
    fail("revenue-currency", { expected: opportunity.currency, currency: close.currency }, "/close/currency");
  }
}

function cpu(run, times) {
  const start = process.cpuUsage();
  for (let time = 0; time < times; time++) run();
  const { user, system } = process.cpuUsage(start);
  return Math.max(1, (user + system) * 1000);
}

const measured = {};
for (const [name, cases] of Object.entries(sets)) {
  const ours = () => cases.map(({ opportunity, close }) => rules.evaluate({ opportunity }, { today, request: close }).violations);
  const hand = () => cases.map(({ opportunity, close }) => byHand(opportunity, close));
  const plain = ours().map((each) => each.map(({ rule, params, pointers }) => ({ rule, params, pointers })));
  hand().forEach((each, index) => {
    if (!isDeepStrictEqual(JSON.parse(JSON.stringify(plain[index])), each)) {
      console.error(`disagreement about ${JSON.stringify(cases[index])}`);
      console.error(JSON.stringify(plain[index]), JSON.stringify(each));
      process.exit(1);
    }
  });
  const said = ours().flat();
  const contenders = { ours, hand, said: () => said.map(texts.message) };
  const found = (measured[name] = { ours: [], hand: [], said: [] });
  const times = Math.max(20, Math.round(3000 / (cases[0].opportunity.quotes.length + 5)));
  for (let round = -2; round < rounds; round++) {
    for (const each of Object.keys(contenders)) {
      const taken = cpu(contenders[each], each === "said" ? 20 : times);
      if (round >= 0) found[each].push(taken * (each === "said" ? times / 20 : 1));
    }
  }
}
console.log(JSON.stringify(measured));
