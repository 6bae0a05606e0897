import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { documentedRules } from "./documented-rules.ts";

/** Each line of the documented rules has a test; one that is renamed or deleted is missed here. */
const root = new URL("../../", import.meta.url);

describe.each(Object.entries(documentedRules))("%s", (_area, rules) => {
  test.each(rules)("%s", (_rule, file, words) => {
    const url = new URL(file, root);
    expect(existsSync(url), `${file} is gone: say which test holds the rule now`).toBe(true);
    const isThere = onOneLine(readFileSync(url, "utf8")).includes(onOneLine(words));
    expect(isThere, `${file} has no test "${words}": say which one holds the rule now`).toBe(true);
  });
});

function onOneLine(text: string): string {
  return text.replace(/\s+/g, " ").replaceAll("[ ", "[").replaceAll(", ]", "]");
}
