// The ruleset small, digest small. Written by oppi18n rules export: change the rules instead.
const ROOT = "deal";
const REQUEST = "closing";
const DEPLOYMENTS = [];
const RECORDS = {closing: {outcome: ["enumeration", 0, "stage"], day: ["date", 0], currency: ["currency", 0], amount: ["decimal", 0], reason: ["enumeration", 0, "reason"], note: ["string", 0]}, deal: {id: ["string", 1], name: ["string", 0], stage: ["enumeration", 1, "stage"], reason: ["enumeration", 0, "reason"], currency: ["currency", 0], amount: ["decimal", 0], limit: ["decimal", 1], parts: ["int", 0], urgent: ["bool", 0], opened: ["date", 1], due: ["date", 0], made: ["timestamp", 0], owner: ["reference", 0], lines: ["list", 1, "line"]}, line: {id: ["string", 1], number: ["string", 0], revision: ["int", 0], state: ["enumeration", 1, "line_stage"], was: ["enumeration", 0, "line_stage"], currency: ["currency", 0], amount: ["decimal", 0], due: ["date", 0], late: ["bool", 1], note: ["string", 0]}};
const ENUMERATIONS = {line_stage: ["draft", "active", "done"], reason: ["running", "signed", "price", "other"], stage: ["open", "won", "lost"]};
const SHOWN = {closing: [["outcome", "enumeration"]], deal: [["id", "string"], ["name", "string"]], line: [["id", "string"], ["number", "string"], ["revision", "int"]]};
const DIGITS = {};
const INT_MAX = 2n ** 63n - 1n;
const INT_MIN = -(2n ** 63n);
const MOST = 10n ** 19n;
const MAX_STEPS = 5000000;
const PARTIAL = Symbol.for("oppi18n.partial");
export const NOT_LOADED = Symbol.for("oppi18n.not-loaded");
export function partial(items) {
const copy = [...items];
copy[PARTIAL] = true;
return Object.freeze(copy);
}
export class InputError extends Error {
constructor(code, message = code) {
super(message);
this.name = "InputError";
this.code = code;
}
}
export class DataError extends InputError {
constructor(problems) {
super(problems[0].code, problems.map((each) => `${each.pointer || "/"}: ${each.code}`).join("\n"));
this.name = "DataError";
this.problems = frozen(problems);
}
}
function frozen(value) {
if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
Object.freeze(value);
for (const key in value) frozen(value[key]);
}
return value;
}
class Unknown {
constructor(paths, error) {
this.paths = paths;
this.error = error;
}
}
class Rec {
constructor(data, above, index) {
this.data = data;
this.above = above;
this.index = index;
this.lists = null;
}
get pointer() {
return this.index < 0 ? this.above : `${this.above}/${this.index}`;
}
}
class Seq {
constructor(items, missing) {
this.items = items;
this.missing = missing;
}
}
const fault = (code) => new Unknown([], code);
const missing = (paths) => new Unknown(paths, "");
const isUnknown = (value) => value instanceof Unknown;
function merge(values) {
const found = values.filter(isUnknown);
if (found.length < 2) return found[0] ?? null;
const paths = new Set();
for (const each of found) for (const path of each.paths) paths.add(path);
return new Unknown([...paths], found.find((each) => each.error)?.error ?? "");
}
function either(left, right) {
if (left instanceof Unknown) return right instanceof Unknown ? merge([left, right]) : left;
return right instanceof Unknown ? right : null;
}
function operands(left, right) {
return either(left, right) ?? (left === null || right === null ? fault("no-overload") : null);
}
const operand = (value) => (value instanceof Unknown ? value : value === null ? fault("no-overload") : null);
function get(record, name) {
if (!(record instanceof Rec)) return operand(record);
const value = record.data[name];
return value == null || value === NOT_LOADED ? missing([`${record.pointer}/${name}`]) : value;
}
function list(record, name) {
const value = get(record, name);
if (value instanceof Unknown) return value;
record.lists ??= {};
return (record.lists[name] ??= loaded(value, `${record.pointer}/${name}`));
}
function loaded(value, path) {
return new Seq(value.map((each, index) => new Rec(each, path, index)), value[PARTIAL] ? [path] : null);
}
function has(record, name, required) {
if (!(record instanceof Rec)) return operand(record);
const value = record.data[name];
if (value === NOT_LOADED || (value === undefined && required)) return missing([`${record.pointer}/${name}`]);
return value != null;
}
function at(over, position) {
const unknown = operands(over, position);
if (unknown) return unknown;
if (over.missing) return missing(over.missing);
return position >= 0n && position < over.items.length ? over.items[position] : fault("index-out-of-range");
}
const seq = (items) => new Seq(items, null);
function seen(c, found) {
if (!(found instanceof Seq) || !found.missing) return found;
c.partial = true;
return seq(found.items);
}
function once(c, name, make) {
return name in c.lets ? c.lets[name] : (c.lets[name] = make());
}
function logical(values, decisive) {
if (values.includes(decisive)) return decisive;
const rest = values.filter((each) => each !== !decisive).map(truth);
return merge(rest) ?? !decisive;
}
const truth = (value) => (typeof value === "boolean" || isUnknown(value) ? value : fault("no-overload"));
const or = (...values) => logical(values, true);
const not = (value) => (typeof value === "boolean" ? !value : truth(value));
function cond(condition, yes, no) {
if (typeof condition !== "boolean") return truth(condition);
return condition ? yes() : no();
}
function equal(left, right) {
const unknown = either(left, right);
if (unknown) return unknown;
return left instanceof Seq && right instanceof Seq ? equalLists(left, right) : left === right;
}
function equalLists(left, right) {
if (left.missing || right.missing) return missing([...new Set([...(left.missing ?? []), ...(right.missing ?? [])])]);
if (left.items.length !== right.items.length) return false;
return logical(left.items.map((each, index) => equal(each, right.items[index])), false);
}
const ordered = (operator, sign) =>
operator === "<" ? sign < 0 : operator === "<=" ? sign <= 0 : operator === ">" ? sign > 0 : sign >= 0;
function compare(operator, left, right) {
const unknown = operands(left, right);
if (unknown) return unknown;
if (left !== left || right !== right) return false;
return ordered(operator, left < right ? -1 : left > right ? 1 : 0);
}
function order(left, right) {
const length = Math.min(left.length, right.length);
for (let index = 0; index < length; index++) {
const one = left.charCodeAt(index);
const other = right.charCodeAt(index);
if (one !== other) return rank(one) - rank(other);
}
return left.length - right.length;
}
const rank = (unit) => (unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit);
const over = (left, right) => (right ? left / right : fault("division-by-zero"));
function rest(left, right) {
if (!right) return fault("division-by-zero");
return left === INT_MIN && right === -1n ? fault("int-overflow") : left % right;
}
const double = (left, right, operation) => operands(left, right) ?? operation(left, right);
function whole(left, right, operation) {
const value = double(left, right, operation);
return typeof value === "bigint" && (value > INT_MAX || value < INT_MIN) ? fault("int-overflow") : value;
}
function amount(left, right, operation) {
const value = double(left, right, operation);
return typeof value === "bigint" && (value >= MOST || value <= -MOST) ? fault("decimal-overflow") : value;
}
const digits = (value) => operand(value) ?? BigInt(Object.hasOwn(DIGITS, value) ? DIGITS[value] : 2);
function points(value) {
let count = value.length;
for (let index = 1; index < value.length; index++) {
const low = value.charCodeAt(index) & 0xfc00;
if (low === 0xdc00 && (value.charCodeAt(index - 1) & 0xfc00) === 0xd800) count--;
}
return count;
}
const length = (value) => operand(value) ?? BigInt(points(value));
function size(value) {
return operand(value) ?? (value.missing ? missing(value.missing) : BigInt(value.items.length));
}
const millis = (day) => Date.parse(`${day}T00:00:00Z`);
function dayOf(time) {
const text = new Date(time).toISOString();
return /^\d{4}-/.test(text) && text >= "0001" ? text.slice(0, 10) : null;
}
function elements(c, found) {
if (!(found instanceof Seq)) return operand(found) ?? fault("no-overload");
c.steps -= found.items.length + 1;
return c.steps < 0 ? fault("too-many-steps") : null;
}
function quantified(c, found, body, decisive) {
const unknown = elements(c, found);
if (unknown) return unknown;
let hit = false;
const rest = [];
for (const item of found.items) {
const value = body(item);
if (value === decisive) hit = true;
else if (value !== !decisive) rest.push(truth(value));
}
if (hit) return decisive;
if (found.missing) rest.push(missing(found.missing));
return merge(rest) ?? !decisive;
}
const all = (c, found, body) => quantified(c, found, body, false);
function filter(c, found, body) {
const unknown = elements(c, found);
if (unknown) return unknown;
const values = found.items.map((each) => truth(body(each)));
return remaining(found, found.items.filter((_, index) => values[index] === true), values);
}
function remaining(found, kept, values) {
const unknown = merge(values);
if (!unknown) return new Seq(kept, found.missing);
const gone = [...new Set([...(found.missing ?? []), ...unknown.paths])];
return unknown.error ? new Unknown(gone, unknown.error) : new Seq(kept, gone);
}
function Data() {}
Data.prototype = Object.create(null);
const FIELDS = Object.fromEntries(Object.entries(RECORDS).map(([type, all]) => [type, new Map(Object.entries(all))]));
const inner = (pointer, name) => `${pointer}/${name.replace(/~/g, "~0").replace(/\//g, "~1")}`;
function converted(raw, type, problems, pointer) {
const found = new Data();
if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
problems.push({ code: "wrong-type", pointer });
return found;
}
const fields = FIELDS[type];
for (const name of Object.keys(raw)) {
const field = fields.get(name);
if (field) found[name] = member(raw[name], field, problems, pointer, name);
else problems.push({ code: "unknown-member", pointer: inner(pointer, name) });
}
return found;
}
function member(raw, field, problems, pointer, name) {
if (raw === undefined || raw === NOT_LOADED || (raw === null && !field[1])) return raw;
let code = "null-required";
if (raw !== null) {
if (field[0] === "list") return records(raw, field[2], problems, inner(pointer, name));
const value = READ[field[0]](raw, field[2]);
if (!(value instanceof InputError)) return value;
code = value.code;
}
problems.push({ code, pointer: inner(pointer, name) });
return NOT_LOADED;
}
function records(raw, type, problems, pointer) {
if (!Array.isArray(raw)) {
problems.push({ code: "wrong-type", pointer });
return NOT_LOADED;
}
const items = raw.map((each, index) => converted(each, type, problems, `${pointer}/${index}`));
const ids = new Set();
items.forEach((each, index) => {
if (typeof each.id !== "string") return;
const id = each.id.toLowerCase();
if (ids.has(id)) problems.push({ code: "duplicate-id", pointer: `${pointer}/${index}/id` });
ids.add(id);
});
if (raw[PARTIAL]) items[PARTIAL] = true;
return items;
}
const wrong = (code) => new InputError(code);
const isInt = (raw) => typeof raw === "bigint" || Number.isSafeInteger(raw);
function readText(raw) {
if (typeof raw !== "string") return wrong("wrong-type");
return /\p{Surrogate}/u.test(raw) ? wrong("lone-surrogate") : raw;
}
function readInt(raw) {
if (!isInt(raw)) return wrong(Number.isInteger(raw) ? "wrong-value" : "wrong-type");
const value = BigInt(raw);
return value > INT_MAX || value < INT_MIN ? wrong("wrong-value") : value;
}
function readDecimal(raw) {
if (isInt(raw)) raw = String(raw);
if (typeof raw !== "string") return wrong(typeof raw === "number" ? "float-inexact" : "wrong-type");
const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(raw);
if (!parts) return wrong("wrong-value");
const [, sign, whole, fraction = ""] = parts;
let start = 0;
let end = fraction.length;
while (start < whole.length && whole[start] === "0") start++;
while (end && fraction[end - 1] === "0") end--;
if (whole.length - start > 15 || end > 4) return wrong("too-many-digits");
return BigInt(sign + whole.slice(start) + fraction.slice(0, end).padEnd(4, "0"));
}
function readDate(raw) {
if (typeof raw !== "string") return wrong("wrong-type");
if (raw.length === 10 && isDay(raw)) return raw;
return wrong(/^[\x00-\x7f]{4}-[\x00-\x7f]{2}-[\x00-\x7f]{2}[Tt ]/.test(raw) ? "timestamp-for-date" : "wrong-value");
}
function isDay(text) {
if (!/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(text) || text < "0001") return false;
const month = Number(text.slice(5, 7));
const year = Number(text.slice(0, 4));
const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
return Number(text.slice(8)) <= (month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31);
}
function readTimestamp(raw) {
if (typeof raw !== "string" || raw.length === 10) return readDate(raw);
const parts = /^(.{10})[Tt ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,]\d+)?)?(Z|([+-])([01]\d|2[0-3]):([0-5]\d))?$/.exec(raw);
const day = parts && readDate(parts[1]);
if (typeof day !== "string") return wrong("wrong-value");
if (!parts[5]) return wrong("timestamp-without-zone");
const offset = parts[6] ? Number(`${parts[6]}1`) * (parts[7] * 60 + Number(parts[8])) : 0;
return dayOf(millis(day) + (parts[2] * 60 + Number(parts[3]) - offset) * 60000) ?? wrong("wrong-value");
}
const READ = {
string: readText,
reference: readText,
int: readInt,
decimal: readDecimal,
date: readDate,
timestamp: readTimestamp,
bool: (raw) => (typeof raw === "boolean" ? raw : wrong("wrong-type")),
currency: (raw) => (typeof raw !== "string" ? wrong("wrong-type") : /^[A-Z]{3}$/.test(raw) ? raw : wrong("wrong-value")),
enumeration: (raw, of) =>
typeof raw !== "string" ? wrong("wrong-type") : ENUMERATIONS[of].includes(raw) ? raw : wrong("unknown-value"),
};
function decimalText(units) {
const text = (units < 0n ? -units : units).toString().padStart(5, "0");
const fraction = text.slice(-4).replace(/0+$/, "");
return (units < 0n ? "-" : "") + text.slice(0, -4) + (fraction && `.${fraction}`);
}
function shown(value, kind) {
if (value === undefined || value === NOT_LOADED) return null;
if (typeof value !== "bigint") return value;
if (kind === "decimal") return decimalText(value);
return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
function recordShown(record, type) {
const found = {};
for (const [name, kind] of SHOWN[type]) found[name] = shown(record.data[name], kind);
return found;
}
const placed = (each) => [String(each.number || ""), each.revision ?? -1, String(each.id || ""), each];
function byNumber(one, other) {
return order(one[0], other[0]) || (one[1] < other[1] ? -1 : one[1] > other[1] ? 1 : order(one[2], other[2]));
}
function paramShown(c, { kind, of, value, currency }) {
const found = seen(c, value(c));
if (kind === "money") {
const code = currency(c);
return isUnknown(found) || found === null ? null : { amount: decimalText(found), currency: isUnknown(code) ? null : code };
}
if (isUnknown(found)) return null;
if (!(found instanceof Seq)) return shown(found, kind);
const items = found.items.filter((each) => !isUnknown(each));
if (kind === "records") return items.map((each) => placed(recordShown(each, of))).sort(byNumber).map((each) => each[3]);
return items.map((each) => shown(each, of));
}
function applies(rule, today, deployment) {
if ((rule.from && today < rule.from) || (rule.until && today > rule.until)) return false;
return deployment === null || !rule.deployments || rule.deployments.includes(deployment);
}
function checked(facts, asked) {
const problems = [];
const found = { [ROOT]: {}, [REQUEST]: null };
if (typeof facts !== "object" || facts === null || Array.isArray(facts)) {
throw new DataError([{ code: "wrong-type", pointer: "" }]);
}
for (const name of Object.keys(facts)) {
if (name !== ROOT && name !== REQUEST) problems.push({ code: "unknown-member", pointer: `/${name}` });
else if (name === ROOT || facts[name] != null) found[name] = converted(facts[name], name, problems, `/${name}`);
}
if (!Object.hasOwn(facts, ROOT)) problems.push({ code: "absent-member", pointer: "" });
if (asked != null) found[REQUEST] = converted(asked, REQUEST, problems, `/${REQUEST}`);
if (problems.length) throw new DataError(problems);
return found;
}
function question(facts, asked, today) {
if (typeof readDate(today) !== "string") throw new InputError("today-not-a-date");
const found = checked(facts, asked);
return {
root: new Rec(found[ROOT], `/${ROOT}`, -1),
request: new Rec(found[REQUEST] ?? {}, `/${REQUEST}`, -1),
asked: found[REQUEST] !== null,
today,
lets: {},
steps: MAX_STEPS,
partial: false,
};
}
function violation(c, rule) {
c.partial = false;
const [before, field] = rule.place ?? [];
let pointers = before ? [before] : [];
if (rule.at) {
const found = seen(c, rule.at(c));
const end = field ? `/${field}` : "";
pointers = found instanceof Seq ? found.items.map((each) => each.pointer + end) : [];
}
const params = {};
for (const each of rule.params) params[each.name] = paramShown(c, each);
const { id, severity, dataverse = null, remedies = [] } = rule;
return { rule: id, severity, params, partial: c.partial, pointers, dataverse, remedies };
}
function needed(unknown) {
const wanted = new Map();
for (const { rule, severity, needs } of unknown) {
if (severity === "error") for (const path of needs) wanted.set(path, [...(wanted.get(path) ?? []), rule]);
}
return [...wanted].sort(([one], [other]) => order(one, other)).map(([pointer, rules]) => ({ pointer, rules: rules.sort() }));
}
export function evaluate(facts, { today, request = null, deployment = null } = {}) {
if (deployment !== null && !DEPLOYMENTS.includes(deployment)) throw new InputError("unknown-deployment");
const c = question(facts, request, today);
const violations = [];
const unknown = [];
for (const rule of RULES) {
if ((!c.asked && rule.asks) || !applies(rule, today, deployment)) continue;
const passed = rule.when ? or(not(rule.when(c)), rule.test(c)) : or(rule.test(c));
if (passed === false) violations.push(violation(c, rule));
else if (passed !== true) {
const { error, paths } = passed;
unknown.push({ rule: rule.id, severity: rule.severity, error: error || null, needs: [...paths].sort(order) });
}
}
const blocks = (each) => each.severity === "error";
const verdict = violations.some(blocks) ? "blocked" : unknown.some(blocks) ? "undetermined" : "closable";
return frozen({
ruleset: ruleset.id,
digest: ruleset.digest,
today,
asked: c.asked ? "closing" : "record",
verdict,
allowed: c.asked && verdict === "closable",
violations,
unknown,
needs: needed(unknown),
pending: c.asked ? [] : RULES.filter((each) => each.asks).map((each) => each.id).sort(),
});
}
export function complete(facts, request, { today } = {}) {
const c = question(facts, request ?? facts?.[REQUEST] ?? {}, today);
const defaults = {};
const filled = c.request.data;
for (const [name, value] of DEFAULTS) {
if (filled[name] != null) continue;
const found = value(c);
if (found === null || isUnknown(found)) continue;
filled[name] = found;
defaults[name] = shown(found, RECORDS[REQUEST][name][0]);
}
return frozen({ request: { ...(request ?? facts[REQUEST]), ...defaults }, defaults });
}
const l_active = (c) => once(c, "active", () => filter(c, list(c.root, "lines"), (v0) => equal(get(v0, "state"), "active")));
const RULES = [
  {
    id: "few-lines",
    severity: "error",
    place: ["/deal/lines", "state"],
    test: (c) => not(compare(">", size(l_active(c)), 1n)),
    at: (c) => l_active(c),
    params: [{ name: "count", kind: "int", of: "", value: (c) => size(seen(c, l_active(c))) }, { name: "lines", kind: "records", of: "line", value: (c) => l_active(c) }],
  },
  {
    id: "not-too-much",
    severity: "warning",
    asks: true,
    from: "2026-01-01",
    place: ["/closing/amount", ""],
    when: (c) => has(c.request, "amount", false),
    test: (c) => compare("<=", get(c.request, "amount"), 1010000n),
    params: [{ name: "amount", kind: "money", of: "", value: (c) => get(c.request, "amount"), currency: (c) => get(c.request, "currency") }, { name: "most", kind: "decimal", of: "", value: (c) => 1000000n }, { name: "day", kind: "date", of: "", value: (c) => c.today }],
  },
];
const DEFAULTS = [
  ["day", (c) => c.today],
  ["currency", (c) => get(c.root, "currency")],
  ["amount", (c) => cond(equal(get(c.request, "outcome"), "won"), () => get(c.root, "amount"), () => null)],
  ["reason", (c) => cond(equal(get(c.request, "outcome"), "won"), () => "signed", () => cond(has(c.root, "owner", false), () => "price", () => "other"))],
];
export const ruleset = frozen({ ...{id: "small", action: "deal.close", digest: "small", settings: {most: "100"}}, rules: RULES.map(({ id, severity, remedies = [] }) => ({ id, severity, remedies })) });
