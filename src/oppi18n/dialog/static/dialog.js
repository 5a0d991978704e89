// While somebody types, the fields say at once what the server would say; the server has the last word.
const UNTYPED = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;
const PLAIN = /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]*$/u;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const BLANK = "\ue000";

const form = document.getElementById("closing");

// Whatever fails here, the page stays what it is without a script.
if (form?.dataset.live) start(JSON.parse(form.dataset.live)).catch(console.error);

async function start(live) {
  const [rules, texts] = await Promise.all([import(live.rules), import(live.texts)]);
  const facts = revived(live, rules);
  const places = new Map(Object.keys(live.fields).map((name) => [name, placeOf(name)]));
  const seen = new Set([...places].filter(([, place]) => place.error.textContent.trim()).map(([name]) => name));

  const judge = (event) => {
    const name = event.target.name?.split(".")[0];
    if (!places.has(name)) return;
    seen.add(name);
    const typing = event.type === "input" && event.target.type !== "radio" ? name : null;
    const found = judged(live, rules, facts);
    for (const each of seen) show(places.get(each), said(live.fields[each], each, found, typing, texts), texts);
  };
  form.addEventListener("input", judge);
  form.addEventListener("change", judge);
  form.dataset.ready = "";
}

// ---- facts ----

function revived({ facts, unloaded, partial }, rules) {
  for (const pointer of unloaded) put(facts, pointer, () => rules.NOT_LOADED);
  for (const pointer of partial) put(facts, pointer, rules.partial);
  return facts;
}

function put(facts, pointer, made) {
  const names = pointer.split("/").slice(1);
  const last = names.pop();
  const above = names.reduce((value, name) => value[name], facts);
  above[last] = made(above[last]);
}

// ---- what was typed ----

function judged(live, rules, facts) {
  const { request, unread } = typed(live);
  for (;;) {
    try {
      const { today, deployment } = live;
      const asked = rules.complete(facts, request, { today }).request;
      return { violations: rules.evaluate(facts, { today, deployment, request: asked }).violations, unread };
    } catch (error) {
      const own = `/${live.request}/`;
      const pointers = (error.problems ?? []).map(({ pointer }) => pointer);
      const names = pointers.filter((each) => each.startsWith(own)).map((each) => each.slice(own.length));
      // Facts that the rules refuse are no matter of the form.
      if (!names.length || names.length < pointers.length) throw error;
      for (const name of names) {
        delete request[name];
        unread.add(name);
      }
    }
  }
}

function typed(live) {
  const request = {};
  const unread = new Set();
  for (const [name, field] of Object.entries(live.fields)) {
    const text = textOf(name, field, request[live.outcome]).trim();
    if (!text) continue;
    const value = field.kind === "money" ? amount(text, live) : field.kind === "date" ? text.normalize("NFKC") : text;
    if (value === null) unread.add(name);
    else request[name] = value;
  }
  return { request, unread };
}

const cleansed = (text) => text.replace(/\r\n?/g, "\n").replace(UNTYPED, "");

function textOf(name, field, outcome) {
  if (field.kind !== "choice") return cleansed(form.elements[name].value);
  const own = field.outcomes.includes("") ? name : `${name}.${outcome}`;
  return form.elements[own]?.value ?? "";
}

function amount(text, { group, point }) {
  const plain = text.normalize("NFKC").trim().replaceAll("\u2212", "-");
  const [sign, rest] = plain.startsWith("-") ? ["-", plain.slice(1)] : ["", plain];
  const parts = rest.split(point);
  const [whole, places = ""] = parts;
  if (parts.length > 2 || (parts.length === 2 && !/^[0-9]+$/.test(places))) return null;
  const [first, ...groups] = whole.split(group);
  if (!(groups.length ? /^[0-9]{1,3}$/ : /^[0-9]+$/).test(first)) return null;
  if (!groups.every((each) => /^[0-9]{3}$/.test(each))) return null;
  return sign + first + groups.join("") + (places && `.${places}`);
}

// ---- what is said ----

function said(field, name, { violations, unread }, typing, texts) {
  if (unread.has(name)) return name === typing || !field.fault ? [] : unreadable(field.fault, name);
  const own = ({ severity, pointers }) => severity === "error" && pointers.some((each) => field.pointers.includes(each));
  return violations.filter(own).map(texts.sentence);
}

function unreadable({ text, locale }, name) {
  const value = cleansed(form.elements[name].value);
  // What needs signs to be shown is left to the server.
  if (!PLAIN.test(value)) return [];
  const isolated = RIGHT_TO_LEFT.test(value) && !text.includes(`\u2068${BLANK}`);
  return [{ text: text.replace(BLANK, () => (isolated ? `\u2068${value}\u2069` : value)), locale }];
}

// ---- the page ----

function placeOf(name) {
  const box = document.getElementById(name) ?? form.querySelector(`[name="${name}"], [name^="${name}."]`);
  const around = box.closest(".field");
  const owner = box.id === name ? box : around.querySelector("fieldset");
  const error = document.getElementById(`${name}-error`) ?? made(name, around);
  error.setAttribute("aria-live", "polite");
  return { name, around, owner, error, only: [...around.classList].find((each) => each.startsWith("only-")) };
}

function made(name, around) {
  const error = document.createElement("div");
  error.className = "error";
  error.id = `${name}-error`;
  const before = document.getElementById(`${name}-hint`) ?? around.querySelector("legend") ?? around.querySelector("label");
  before.after(error);
  return error;
}

function show({ name, around, owner, error, only }, messages, { locale }) {
  const texts = [...error.children].map((each) => each.textContent);
  if (texts.length === messages.length && messages.every((each, index) => each.text === texts[index])) return;
  error.replaceChildren(...messages.map((each) => paragraph(each, locale)));
  const wrong = messages.length > 0;
  around.classList.toggle("wrong", wrong);
  // A field is never hidden while something is wrong with it.
  if (only) around.classList.toggle(only, !wrong);
  const [hint, currency] = ["hint", "currency"].map((part) => document.getElementById(`${name}-${part}`));
  const ids = [hint, wrong ? error : null, currency].filter(Boolean).map((each) => each.id);
  if (ids.length) owner.setAttribute("aria-describedby", ids.join(" "));
  else owner.removeAttribute("aria-describedby");
  if (owner.tagName === "FIELDSET") return;
  if (wrong) owner.setAttribute("aria-invalid", "true");
  else owner.removeAttribute("aria-invalid");
}

function paragraph({ text, locale }, own) {
  const found = document.createElement("p");
  found.textContent = text;
  if (locale !== own) {
    found.lang = locale;
    found.dir = "ltr";
  }
  return found;
}
