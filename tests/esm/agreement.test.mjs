// What the engine said of each record, in the folder that OPPI18N_VECTORS names, is what the exported modules say.
import assert from "node:assert/strict";
import { createReadStream, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.OPPI18N_VECTORS;
const files = folder ? readdirSync(folder).filter((name) => name.endsWith(".jsonl")).sort() : [];

// JSON has no whole numbers beyond 2^53, no lists that are partial, nothing that was not loaded.
function decoded(value, rules) {
  if (Array.isArray(value)) return value.map((each) => decoded(each, rules));
  if (typeof value !== "object" || value === null) return value;
  if (value.$ === "int") return BigInt(value.value);
  if (value.$ === "not-loaded") return rules.NOT_LOADED;
  if (value.$ === "partial") return rules.partial(decoded(value.items, rules));
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, decoded(each, rules)]));
}

function encoded(value) {
  if (typeof value === "bigint") return { $: "int", value: String(value) };
  if (Array.isArray(value)) return value.map(encoded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, encoded(each)]));
}

const byPlace = (one, other) => (one.pointer + one.code < other.pointer + other.code ? -1 : 1);

function answer(vector, rules, texts) {
  const given = { today: vector.today, deployment: vector.deployment ?? null };
  const facts = decoded(vector.facts, rules);
  const request = decoded(vector.request ?? null, rules);
  try {
    const { verdict, allowed, asked, violations, unknown, needs, pending } = rules.evaluate(facts, { ...given, request });
    const messages = texts && violations.map(texts.message);
    const told = violations.map(({ rule, params, partial, pointers }) => ({ rule, params, partial, pointers }));
    const open = unknown.map(({ rule, error, needs }) => ({ rule, error, needs }));
    const defaults = request && rules.complete(facts, request, given).defaults;
    return encoded({ verdict, allowed, asked, violations: told, unknown: open, needs, pending, messages, defaults });
  } catch (error) {
    if (!(error instanceof rules.DataError)) throw error;
    return { problems: [...error.problems].sort(byPlace) };
  }
}

for (const file of files) {
  test(file, async () => {
    const name = join(folder, file.replace(/\.jsonl$/, ""));
    const rules = await import(pathToFileURL(`${name}.mjs`));
    const texts = await import(pathToFileURL(`${name}.en.mjs`));
    for await (const line of createInterface({ input: createReadStream(`${name}.jsonl`) })) {
      const vector = JSON.parse(line);
      const expected = Object.hasOwn(vector.expected, "problems") ? vector.expected : { ...vector.expected };
      assert.deepEqual(answer(vector, rules, texts), expected, line);
    }
  });
}
