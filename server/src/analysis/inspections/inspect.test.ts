import { describe, expect, test } from "vitest";
import { patchOf, plainCommit, plainWorld } from "../../../../test/scenario/plain-world.ts";
import { rankHypotheses } from "../ranking/rank-hypotheses.ts";
import { decide } from "../ranking/verdict.ts";
import type { World } from "../world/world.ts";
import type { Finding } from "./finding.ts";
import { inspect } from "./inspect.ts";

const cart = `import { rateOf } from "./rates.js";

export function total(cart) {
  const rate = rateOf(cart.country);
  return cart.sum * rate.share;
}
`;
const rates = `const shares = { de: { share: 1.19 } };

export function rateOf(country) {
  return shares[country];
}

export function rateCount() {
  return Object.keys(shares).length;
}
`;
const sources = { "src/cart.js": cart, "src/rates.js": rates };
const failing = { path: "src/cart.js", line: 5 };
const message = "Cannot read properties of undefined (reading 'share')";
const guilty = plainCommit(
  "a",
  patchOf("src/rates.js", 3, [
    " export function rateOf(country) {",
    "-  return shares[country] ?? none;",
    "+  return shares[country];",
    " }",
  ]),
);
const innocent = plainCommit(
  "d",
  patchOf("src/rates.js", 7, [
    " export function rateCount() {",
    "-  return 1;",
    "+  return Object.keys(shares).length;",
    " }",
  ]),
);
const world = (overrides: Partial<Parameters<typeof plainWorld>[0]> = {}) =>
  plainWorld({ sources, failing, message, commits: [innocent, guilty], ...overrides });
const findingsOf = (one: World, inspection: string): Finding[] =>
  inspect(one).findings.filter((finding) => finding.inspection === inspection);
const shasOf = (findings: readonly Finding[]) =>
  findings.flatMap(({ subject }) => (subject.kind === "commit" ? [subject.sha] : []));
const answer = (one: World) => {
  const hypotheses = rankHypotheses(one, inspect(one).findings);
  return { hypotheses, ...decide(one, hypotheses) };
};

describe("each inspection on plain data", () => {
  test("touched code: a helper's change is found from the caller's line, another function of its file is not", () => {
    expect(shasOf(findingsOf(world(), "touched_code"))).toEqual([guilty.sha]);
    expect(answer(world())).toMatchObject({ culpritCommit: guilty.sha });
  });

  test("called symbol: what the error names and a commit takes away speaks against it, what stands unchanged on its lines does not", () => {
    const renamed = plainCommit(
      "e",
      patchOf("src/other.js", 1, ["-export const a = { share: 1 };", "+export const a = { part: 1 };"]),
    );
    const beside = plainCommit(
      "f",
      patchOf("src/other.js", 1, ["-export const b = { share: 1 };", "+export const b = { share: 2 };"]),
    );
    expect(shasOf(findingsOf(world({ commits: [beside, renamed] }), "called_symbol"))).toEqual([renamed.sha]);
  });

  test("shared names: who changes the shape of stored things is found where the reader was left as it was", () => {
    const reader = `export function add(store, sku) {\n  const level = store.stock.get(sku);\n  return level.pieces + 1;\n}\n`;
    const shape = plainCommit(
      "7",
      patchOf("src/load.js", 1, [
        "-  stock: byKey(rows, 'sku'),",
        "+  stock: new Map(rows.map((row) => [row.house + row.sku, row])),",
      ]),
    );
    const one = plainWorld({
      sources: { "src/add.js": reader },
      failing: { path: "src/add.js", line: 3 },
      message: "Cannot read properties of undefined (reading 'pieces')",
      commits: [innocent, shape],
    });
    expect(shasOf(findingsOf(one, "shared_names"))).toEqual([shape.sha]);
    expect(answer(one)).toMatchObject({ culpritCommit: shape.sha });
  });

  test("dependency bump: only the package that the failing code uses is tied to it", () => {
    const using = cart.replace("./rates.js", "rates-table");
    const bump = (sha: string, name: string) =>
      plainCommit(sha, patchOf("package.json", 5, [`-    "${name}": "^1.2.0",`, `+    "${name}": "^2.0.0",`]));
    const one = world({
      sources: { "src/cart.js": using },
      commits: [bump("1", "left-pad"), bump("2", "rates-table")],
    });
    expect(shasOf(findingsOf(one, "dependency_bump"))).toEqual(["2".repeat(40)]);
    expect(answer(one).hypotheses[0]?.type).toBe("dependency");
  });

  test("repository config: a setting that the failing code reads, or whose value the error shows, is tied to it", () => {
    const edit = (sha: string, from: string, to: string) =>
      plainCommit(sha, patchOf("config/shop.json", 2, [`-  ${from}`, `+  ${to}`]));
    const commits = [
      edit("1", '"pageSize": 10', '"pageSize": 20'),
      edit("2", '"tax": { "country": "de" }', '"tax": { "country": "xx-yy" }'),
    ];
    const findings = findingsOf(world({ commits, message: "no rate for xx-yy" }), "repository_config");
    expect(shasOf(findings)).toEqual(["2".repeat(40)]);
    expect(findings[0]?.text).toContain("the error shows its new value");
  });

  test("reported change: what was changed after the failure began is no cause, what was changed before and is read is one", () => {
    const change = (id: string, detectedAt: string, field: string) => ({
      id,
      detectedAt,
      source: "api",
      kind: "env_var",
      resource: "shop",
      actor: null,
      fields: [{ field, isSecret: false, oldValue: "a", newValue: "b" }],
      watchBefore: { ranMs: 10_000, watchedMs: 10_000, signals: 0 },
    });
    const configChanges = [
      change("later", "2026-01-01T12:10:00.000Z", "COUNTRY"),
      change("before", "2026-01-01T12:00:10.000Z", "COUNTRY"),
    ];
    const one = world({ commits: [innocent], overrides: { configChanges } });
    const found = findingsOf(one, "reported_config_change");
    const changes = found.flatMap(({ subject }) => (subject.kind === "config_change" ? [subject.id] : []));
    expect(new Set(changes)).toEqual(new Set(["before"]));
    const ofCommits = found.filter(({ subject }) => subject.kind === "commit");
    expect(ofCommits.map(({ weight }) => weight < 0)).toEqual([true]);
    expect(answer(one)).toMatchObject({ verdict: "likely", culpritCommit: null });
  });

  test("touched code: a guard that was only deleted is not told as a change of the failing line", () => {
    const lines = [
      "   const rate = rateOf(cart.country);",
      "-  if (!rate) return 0;",
      "   return cart.sum * rate.share;",
    ];
    const [finding] = findingsOf(
      world({ commits: [plainCommit("b", patchOf("src/cart.js", 4, lines))] }),
      "touched_code",
    );
    expect(finding?.text).toContain("took code out");
    expect(finding?.text).not.toContain("changed the failing line");
  });

  test("tuned numbers: a price can't make something missing, an index, an argument and another error can", () => {
    const edit = (before: string, after: string) =>
      plainCommit("7", patchOf("src/rates.js", 1, [`-${before}`, `+${after}`]));
    const against = (commit: typeof guilty, text = message) =>
      findingsOf(world({ commits: [commit], message: text }), "tuned_numbers").length;
    const price = edit(
      '  world: { carrier: "Sky", perKilo: 420, days: 9 },',
      '  world: { carrier: "Sky", perKilo: 450, days: 9 },',
    );
    expect(against(price)).toBe(1);
    expect(against(price, "total must be under 430")).toBe(0);
    expect(against(edit("const first = rows[0];", "const first = rows[1];"))).toBe(0);
    expect(against(edit("  return pick(3);", "  return pick(4);"))).toBe(0);
    expect(against(edit("  size: 3,", "  length: 3,"))).toBe(0);
  });

  test.each([
    ["connect ECONNREFUSED 10.0.0.7:5432", "10.0.0.7:5432"],
    ["tax service answered 503", "tax"],
    ["request to https://tax.example/v1 failed with status code 502", "tax.example"],
    ["The operation was aborted due to timeout", null],
  ])("outside dependency: %s is another system's failure and clears the deployment", (text, target) => {
    const one = world({ type: "Error", message: text });
    expect(findingsOf(one, "outside_dependency")[0]).toMatchObject({ subject: { kind: "outside", target } });
    expect(answer(one)).toMatchObject({ verdict: "inconclusive", culpritCommit: null });
  });

  test("client traffic: a complaint about what clients sent blames only a commit that changed the check", () => {
    expect(answer(world({ type: "ValidationError", message: "country is missing" }))).toMatchObject({
      verdict: "inconclusive",
      culpritCommit: null,
    });
    const check = plainCommit(
      "9",
      patchOf("src/cart.js", 4, [
        "   const rate = rateOf(cart.country);",
        "-  return cart.sum * (rate?.share ?? 1);",
        "+  return cart.sum * rate.share;",
        " }",
      ]),
    );
    expect(answer(world({ type: "ValidationError", message: "country is missing", commits: [check] }))).toMatchObject({
      culpritCommit: check.sha,
    });
  });

  test("deployed range: a failure that was seen on the revision before clears the whole deployment", () => {
    const byRevision = [{ commitSha: "b".repeat(40), release: null, count: 2, firstAt: "2026-01-01T11:00:00.000Z" }];
    expect(answer(world({ incident: { byRevision } }))).toMatchObject({ verdict: "inconclusive", culpritCommit: null });
  });

  test("silence on the revision before weighs less without traffic, and the sentence says how much was seen", () => {
    const over = (watchBefore: World["watchBefore"]) => {
      const [finding] = findingsOf(world({ overrides: { watchBefore } }), "deployed_range");
      if (finding === undefined) throw new Error("nothing was found");
      return finding;
    };
    const busy = over({ ranMs: 7_200_000, watchedMs: 7_200_000, signals: 12 });
    const quiet = over({ ranMs: 172_800_000, watchedMs: 3_000, signals: 0 });
    expect(busy.text).toContain("it ran 2 h, and 12 other signals came from it");
    expect(quiet.text).toContain(
      "it ran 2 days, the last 3 s of it under watch, and no other signal came from it, so whether anybody used it is not known",
    );
    expect(quiet.weight).toBeGreaterThan(0);
    expect(quiet.weight).toBeLessThan(busy.weight * 0.8);
    expect(over(null).text).toContain("how long that ran is not known");
  });

  test("recurrence: the same error in an older incident speaks against the deployment", () => {
    const alike = [
      {
        id: "x",
        title: "t",
        firstSeenAt: "2025-12-01T00:00:00.000Z",
        lastSeenAt: "2025-12-02T00:00:00.000Z",
        culpritCommit: null,
        outcomes: [],
      },
    ];
    expect(findingsOf(world({ overrides: { alike } }), "recurrence").some((finding) => finding.weight < 0)).toBe(true);
  });

  test("nothing found: what was looked at is said, and nobody is blamed", () => {
    const one = world({ commits: [plainCommit("3", patchOf("README.md", 1, ["-old", "+new"]))] });
    expect(findingsOf(one, "nothing_found")[0]?.text).toContain("1 commit of this deployment");
    expect(answer(one)).toMatchObject({ verdict: "inconclusive", culpritCommit: null });
  });
});

describe("confirmed is earned", () => {
  const pricing = `export function subtotal(order) {
  let sum = 0;
  for (const item of order.items) sum += item.price;
  return sum;
}

export function total(order) {
  return subtotal(order) * 1.2;
}
`;
  const receipt = `import { total } from "./pricing.js";

function greeting(order) {
  return "Hello " + order.customer.name.trim();
}

export function receipt(order) {
  const lines = [];
  lines.push("Thank you");
  lines.push(greeting(order) + total(order));
  return lines;
}
`;
  const stack = [
    { path: "src/pricing.js", line: 3, name: "subtotal" },
    { path: "src/pricing.js", line: 8, name: "total" },
    { path: "src/receipt.js", line: 10, name: "receipt" },
  ];
  const shopWorld = (commits: Parameters<typeof plainWorld>[0]["commits"]) =>
    plainWorld({
      sources: { "src/pricing.js": pricing, "src/receipt.js": receipt },
      failing: stack,
      message: "order.items is not iterable",
      commits,
    });
  const greeted = plainCommit(
    "a",
    patchOf("src/receipt.js", 3, [
      " function greeting(order) {",
      '-  return "Hello " + order.customer.name;',
      '+  return "Hello " + order.customer.name.trim();',
      " }",
    ]),
  );

  test("who changed another function that a caller's line uses is not confirmed, though it shares a parameter's name with the error", () => {
    const one = answer(shopWorld([greeted]));
    expect(one.verdict).not.toBe("confirmed");
    expect(one.hypotheses[0]?.confidence ?? 0).toBeLessThan(0.65);
  });

  test("who changed what the caller hands in is confirmed, who changed another call on that line is not", () => {
    const change = (before: string) =>
      plainCommit(
        "a",
        patchOf("src/receipt.js", 10, [`-  lines.push(${before});`, "+  lines.push(greeting(order) + total(order));"]),
      );
    expect(answer(shopWorld([change("greeting(order) + total(order.content)")])).verdict).toBe("confirmed");
    expect(answer(shopWorld([change('"Hello" + total(order)')])).verdict).not.toBe("confirmed");
  });

  test.each([
    ["SecondError", "from second"],
    ["PayError", "bad Authorization"],
  ])(
    "%s: a change in the same function leaves the commit likely, a new throw or a changed condition of it confirms",
    (type, text) => {
      const source = `export function pay(request) {\n  const at = Date.now();\n  audit(at + 1);\n  const token = request.token;\n  const known = tokens.get(token);\n\n  if (!known) {\n    throw new ${type}("${text}");\n  }\n  return known;\n}\n`;
      const at = (commit: typeof guilty) =>
        answer(
          plainWorld({
            sources: { "src/pay.js": source },
            failing: { path: "src/pay.js", line: 8 },
            type,
            message: text,
            commits: [commit],
          }),
        );
      const beside = plainCommit("a", patchOf("src/pay.js", 3, ["-  audit(at);", "+  audit(at + 1);"]));
      const reworded = plainCommit(
        "c",
        patchOf("src/pay.js", 8, [`-    throw new ${type}("old words");`, `+    throw new ${type}("${text}");`]),
      );
      const widened = plainCommit(
        "d",
        patchOf("src/pay.js", 1, ["-export function pay(request, log) {", "+export function pay(request) {"]),
      );
      const stricter = plainCommit("e", patchOf("src/pay.js", 7, ["-  if (known === null) {", "+  if (!known) {"]));
      expect(at(reworded).verdict).not.toBe("confirmed");
      expect(at(widened).verdict).not.toBe("confirmed");
      expect(at(stricter)).toMatchObject({ verdict: "confirmed", culpritCommit: stricter.sha });
      const thrower = plainCommit(
        "b",
        patchOf("src/pay.js", 8, ["-    return null;", `+    throw new ${type}("${text}");`]),
      );
      expect(at(beside).verdict).not.toBe("confirmed");
      expect(at(thrower)).toMatchObject({ verdict: "confirmed", culpritCommit: thrower.sha });
    },
  );

  test("the headline names the strongest reason: the failing line that was written, before what it uses", () => {
    const both = plainCommit(
      "a",
      patchOf("src/receipt.js", 3, [
        " function greeting(order) {",
        '-  return "Hello";',
        '+  return "Hello " + order.customer.name.trim();',
        " }",
        " ",
        " export function receipt(order) {",
        "   const lines = [];",
        '   lines.push("Thank you");',
        '-  lines.push("Total " + total(order));',
        "+  lines.push(greeting(order) + total(order));",
        "   return lines;",
      ]),
    );
    expect(findingsOf(shopWorld([both]), "touched_code")[0]?.text).toMatch(
      /^it changed the failing line src\/receipt\.js:10/,
    );
  });

  test("a line does not need what it defines, nor a variable of another file", () => {
    const quote = `import { pack } from "./packing.js";\n\nexport function quote(order) {\n  const parcels = pack(order);\n  return parcels.length;\n}\n`;
    const packing = `export function pack(order) {\n  const boxes = order.boxes;\n  return boxes.flat.map(String);\n}\n`;
    const commit = plainCommit(
      "a",
      patchOf("src/quote.js", 5, ["-  return parcels.size + order.boxes.length;", "+  return 1;"]),
    );
    const other = plainCommit("b", patchOf("src/quote.js", 5, ["-  return boxes.length;", "+  return 1;"]));
    const one = plainWorld({
      sources: { "src/packing.js": packing, "src/quote.js": quote },
      failing: [
        { path: "src/packing.js", line: 3, name: "pack" },
        { path: "src/quote.js", line: 4, name: "quote" },
      ],
      message: "Cannot read properties of undefined (reading 'map')",
      commits: [commit, other],
    });
    expect(findingsOf(one, "called_symbol")).toEqual([]);
  });
});

describe("hard rules", () => {
  test("a commit that was not running has no hypothesis, whatever is found about it", () => {
    const stranger: Finding = {
      inspection: "touched_code",
      subject: { kind: "commit", sha: "9".repeat(40) },
      weight: 50,
      text: "x",
      evidence: { kind: "note", source: "manual", ref: "note:1", title: "x", snapshot: "" },
    };
    const one = world();
    expect(rankHypotheses(one, [stranger]).some(({ subject }) => subject.kind === "commit")).toBe(false);
  });

  test("commits that a rollback took out are not blamed; that they are gone may be", () => {
    const one = world();
    if (one.range === null) throw new Error("the world has no range");
    const { hypotheses, culpritCommit } = answer({ ...one, range: { ...one.range, isRollback: true } });
    expect(culpritCommit).toBeNull();
    expect(hypotheses.some(({ subject }) => subject.kind === "commit")).toBe(false);
  });

  test("below a mapping confidence of 0.8 no commit is blamed and none stands above 0.4", () => {
    const one = world();
    if (one.running === null) throw new Error("nothing runs in the world");
    const result = answer({ ...one, running: { ...one.running, mappingConfidence: 0.4 } });
    expect(result).toMatchObject({ verdict: "inconclusive", culpritCommit: null });
    expect(result.hypotheses[0]?.confidence).toBeLessThanOrEqual(0.4);
  });

  test("formatting, comments and tests are never the cause", () => {
    const format = plainCommit(
      "4",
      patchOf("src/cart.js", 4, [
        "-  const rate = rateOf(cart.country);",
        "-  return cart.sum * rate.share;",
        "+    const rate = rateOf(",
        "+        cart.country,",
        "+    );",
        "+    return cart.sum * rate.share",
        " }",
      ]),
    );
    const comment = plainCommit(
      "5",
      patchOf("src/cart.js", 4, ["+  // the share of the country", "   const rate = rateOf(cart.country);"]),
    );
    expect(answer(world({ commits: [comment, format] }))).toMatchObject({
      verdict: "inconclusive",
      culpritCommit: null,
    });
  });
});
