// The texts of small in en, digest small. Written by oppi18n rules export: change the catalogs instead.
export const locale = "en";
export const direction = "ltr";
const PSEUDO = [];
const RTL = [];
const NOT_GIVEN = "(not given)";
const PRECISION = {ADP: 0, AFN: 0, ALL: 0, BHD: 3, BIF: 0, BYR: 0, CLF: 4, CLP: 0, DJF: 0, ESP: 0, GNF: 0, IQD: 0, IRR: 0, ISK: 0, ITL: 0, JOD: 3, JPY: 0, KMF: 0, KPW: 0, KRW: 0, KWD: 3, LAK: 0, LBP: 0, LUF: 0, LYD: 3, MGA: 0, MGF: 0, MMK: 0, MRO: 0, OMR: 3, PYG: 0, RSD: 0, RWF: 0, SLL: 0, SOS: 0, STD: 0, SYP: 0, TMM: 0, TND: 3, TRL: 0, UGX: 0, UYI: 0, UYW: 4, VND: 0, VUV: 0, XAF: 0, XOF: 0, XPF: 0, YER: 0, ZMK: 0, ZWD: 0};
const LABELS = {
  "line_stage": {draft: "Draft", active: "Active", done: "Done"},
  "reason": {running: "Running", signed: "Signed", price: "Price", other: "Other"},
  "stage": {open: "Open", won: "Won", lost: "Lost"},
};
const RECORDS = {
  "line": [[[["number", "revision"], [["number"], " rev. ", ["revision"]], "en"], [["number"], [["number"]], "en"], [["id"], [["id"]], "en"]], {state: "line_stage", was: "line_stage"}],
};
const REMEDIES = {
};
const RULES = {
  "few-lines": {plural: "count", params: {count: ["int"], lines: ["records", "line"]}, message: {own: {other: [["count"], " active lines: ", ["lines"], "."], one: [["count"], " active line: ", ["lines"], "."]}}, partial: {own: {other: ["At least ", ["count"], " active lines: ", ["lines"], "."], one: ["At least ", ["count"], " active line: ", ["lines"], "."]}}},
  "not-too-much": {plural: "", params: {amount: ["money"], most: ["decimal"], day: ["date"]}, message: [[["amount"], " is more than ", ["most"], " on ", ["day"], "."], "en"]},
};
const CONTROLS =
/[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufff9-\ufffb\ud800-\udfff]/gu;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const INTL = new Map();
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
const number = typeof count === "bigint" ? Number(count % 1000000n) + (count < 0n ? -1000000 : 1000000) : count;
return intl(formatsOf(locale), "PluralRules", {}).select(number);
}
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
export function sentence({ rule, params, partial }) {
const found = RULES[rule];
const [pieces, spoken] = chosen((partial && found.partial) || found.message, params[found.plural] ?? 2);
const formats = formatsOf(spoken);
const values = {};
for (const name in found.params) values[name] = param(params[name], found.params[name], formats);
return Object.freeze({ text: assembled(pieces, values), locale: spoken });
}
export const message = (violation) => sentence(violation).text;
export const remedy = (id) => REMEDIES[id];
export const label = (enumeration, value) => LABELS[enumeration]?.[value];
