const CONTROLS =
  /[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb\ud800-\udfff]/gu;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const INTL = new Map();

// ---- values from data are shown, never obeyed ----

function sign(character) {
  const code = character.charCodeAt(0);
  if ("\n\x85\u2028\u2029".includes(character)) return "⏎";
  if (code < 32) return String.fromCharCode(0x2400 + code);
  return code === 127 ? "␡" : `\\u${code.toString(16).padStart(4, "0")}`;
}

const visible = (text) => text.replace(CONTROLS, sign);
const isolated = (text) => `\u2068${text}\u2069`;

function safe(text, formats) {
  const seen = visible(String(text));
  return formats.rtl || RIGHT_TO_LEFT.test(seen) ? isolated(seen) : seen;
}

const outer = (text, formats) => (formats.rtl ? isolated(text) : text);

// ---- numbers, money, dates and lists ----

function formatsOf(locale) {
  let found = INTL.get(locale);
  if (!found) {
    const rtl = RTL.includes(locale);
    const tag = PSEUDO.includes(locale) ? "en" : locale;
    INTL.set(locale, (found = { locale, rtl, tag, kept: new Map() }));
  }
  return found;
}

function intl(formats, type, options) {
  const key = `${type} ${options.currency ?? ""}`;
  if (!formats.kept.has(key)) {
    formats.kept.set(key, new Intl[type](formats.tag, { numberingSystem: "latn", ...options }));
  }
  return formats.kept.get(key);
}

const whole = (formats) => intl(formats, "NumberFormat", { maximumFractionDigits: 0 });

// Amounts are told digit by digit: a number of JavaScript could not hold them all.
function digits(format, value, least, formats, symbol) {
  const [, sign, before, after = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value));
  const fraction = after.replace(/0+$/, "").padEnd(least, "0");
  const parts = format.formatToParts(sign && /^0+$/.test(before) ? -0 : BigInt(sign + before));
  const last = parts.findLastIndex((each) => each.type === "integer");
  if (fraction) parts[last].value += decimalPoint(formats) + fraction;
  return parts.map((each) => (each.type === "currency" && symbol ? symbol : each.value)).join("");
}

function decimalPoint(formats) {
  formats.point ??= new Intl.NumberFormat(formats.tag, { numberingSystem: "latn" })
    .formatToParts(1.5)
    .find((each) => each.type === "decimal").value;
  return formats.point;
}

const decimal = (value, formats) => digits(whole(formats), value, 0, formats);

function money({ amount, currency }, formats) {
  if (!currency) return decimal(amount, formats);
  const known = /^[A-Z]{3}$/.test(currency);
  const format = intl(formats, "NumberFormat", {
    style: "currency",
    currency: known ? currency : "XTS",
    minimumFractionDigits: 0,
    maximumFractionDigits: 0,
  });
  return digits(format, amount, PRECISION[currency] ?? 2, formats, known ? "" : safe(currency, formats));
}

function date(value, formats) {
  const day = new Date(`${value}T00:00:00Z`);
  return intl(formats, "DateTimeFormat", { dateStyle: "long", timeZone: "UTC", calendar: "gregory" }).format(day);
}

const list = (items, formats) => intl(formats, "ListFormat", { type: "conjunction" }).format(items);

function category(locale, count) {
  // The last six digits say as much as all of them: no plural rule looks further.
  const number = typeof count === "bigint" ? Number(count % 1000000n) + (count < 0n ? -1000000 : 1000000) : count;
  return intl(formatsOf(locale), "PluralRules", {}).select(number);
}

// ---- messages ----

function assembled(pieces, values) {
  let text = "";
  for (const piece of pieces) {
    if (typeof piece === "string") text += piece;
    else if (piece.length === 1) text += values[piece[0]];
    else text += piece[0] + particle(text + piece[0], piece[1]);
  }
  return text;
}

function chosen(entry, count) {
  if (Array.isArray(entry)) return entry;
  const own = entry.own[category(locale, count)];
  if (own) return [own, locale];
  return [entry.source[category(entry.language, count) === "one" ? "one" : "other"], entry.locale];
}

function record(found, type) {
  const [displays, kinds] = RECORDS[type];
  for (const [names, pieces, spoken] of displays) {
    if (names.some((name) => found[name] === null || found[name] === undefined)) continue;
    const formats = formatsOf(spoken);
    return assembled(pieces, Object.fromEntries(names.map((name) => [name, field(found[name], kinds[name], formats)])));
  }
  return String(found.number || found.id || "") || NOT_GIVEN;
}

function field(value, enumeration, formats) {
  if (enumeration) return known(LABELS[enumeration][value], formats);
  return safe(typeof value === "boolean" ? PYTHON[value] : value, formats);
}

const PYTHON = { true: "True", false: "False" };

// The marks of a pseudo-locale are there on purpose.
const known = (text, formats) => (PSEUDO.includes(locale) ? outer(text, formats) : safe(text, formats));

function item(value, kind) {
  const own = formatsOf(locale);
  if (kind === "int") return whole(own).format(value);
  if (kind === "decimal") return decimal(value, own);
  if (kind === "date") return date(value, own);
  return typeof value === "boolean" ? PYTHON[value] : value;
}

function listed(value, kind, enumeration, formats) {
  return kind === "enumeration" ? known(LABELS[enumeration][value], formats) : safe(item(value, kind), formats);
}

function param(value, [kind, of, enumeration], formats) {
  if (value === null || value === undefined) return formats.locale === "en" ? "(not given)" : NOT_GIVEN;
  if (kind === "records") return list(value.map((each) => record(each, of)), formats);
  if (kind === "list") return list(value.map((each) => listed(each, of, enumeration, formats)), formats);
  if (kind === "enumeration") return LABELS[of][value];
  if (kind === "bool") return String(value);
  if (kind === "int") return outer(whole(formats).format(value), formats);
  if (kind === "decimal") return outer(decimal(value, formats), formats);
  if (kind === "money") return outer(money(value, formats), formats);
  if (kind === "date") return outer(date(value, formats), formats);
  return safe(value, formats);
}

/** The sentence of a violation, and the locale it is in: the source language's where there is no translation. */
export function sentence({ rule, params, partial }) {
  const found = RULES[rule];
  const [pieces, spoken] = chosen((partial && found.partial) || found.message, params[found.plural] ?? 2);
  const formats = formatsOf(spoken);
  const values = {};
  for (const name in found.params) values[name] = param(params[name], found.params[name], formats);
  return Object.freeze({ text: assembled(pieces, values), locale: spoken });
}

/** The sentence of a violation. */
export const message = (violation) => sentence(violation).text;

/** What a button that carries out a remedy says. */
export const remedy = (id) => REMEDIES[id];

/** The label of an enumeration's value. */
export const label = (enumeration, value) => LABELS[enumeration]?.[value];
