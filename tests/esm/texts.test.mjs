// What we say, in the folder that OPPI18N_VECTORS names, is what the exported texts say through Intl.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.OPPI18N_VECTORS;
const files = folder ? readdirSync(folder).filter((name) => name.endsWith(".json")).sort() : [];
const big = (_, value) => (value?.$ === "int" ? BigInt(value.value) : value);

for (const file of files) {
  test(file, async () => {
    const texts = await import(pathToFileURL(join(folder, file.replace(/\.json$/, ".mjs"))));
    for (const [name, given, said] of JSON.parse(readFileSync(join(folder, file), "utf8"), big)) {
      const found = texts[name](...given);
      assert.deepEqual(typeof found === "string" ? found : { ...found }, said, `${name} ${file}`);
    }
  });
}
