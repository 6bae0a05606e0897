import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { lineOf, openStage, type Scenario, type ScenarioStage } from "../../../../test/scenario/open-stage.ts";
import { moveIncident } from "../incident/index.ts";
import { investigateIncident } from "./investigate-incident.ts";
import { loadFrameCode } from "./load-frame-code.ts";
import { loadInvestigation } from "./load-investigation.ts";
import { renderReportHtml } from "./render-report-html.ts";

let stage: ScenarioStage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.drop());

const checkout = `import { couponFor } from "./coupons.js";
import { priceOf } from "./pricing.js";
import { charge } from "./payment.js";
import { settings } from "./settings.js";
import { formatMoney } from "money-format";

export function totalOf(cart) {
  let total = 0;
  for (const item of cart.items) {
    total += priceOf(item) * item.quantity;
  }
  const coupon = couponFor(cart.code);
  const cut = total * coupon.share;
  return total - cut;
}

export async function checkout(cart) {
  if (cart.items.length > settings.itemsMax) {
    throw new ValidationError("cart has too many items");
  }
  const total = totalOf(cart);
  const receipt = await charge(cart.card, total);
  return { receipt, shown: formatMoney(total) };
}

export class ValidationError extends Error {}
`;
const coupons = `const known = new Map([["TEN", { share: 0.1 }]]);
const none = { share: 0 };

export function couponFor(code) {
  if (!known.has(code)) {
    return none;
  }
  return known.get(code);
}

export function couponCount() {
  return known.size;
}
`;
const pricing = `export function priceOf(item) {
  const base = item.price;
  return Math.round(base * 100) / 100;
}

export function describe(item) {
  return item.name + " " + item.price;
}
`;
const payment = `const address = "http://payments.internal:8080/charge";

export async function charge(card, amount) {
  const reply = await fetch(address, { method: "POST", body: JSON.stringify({ card, amount }) });
  if (!reply.ok) {
    throw new Error("payment service answered " + reply.status);
  }
  return reply.json();
}

export function maskCard(card) {
  return card.slice(-4);
}
`;
const settings = `import { readFileSync } from "node:fs";
const file = JSON.parse(readFileSync(new URL("../config/shop.json", import.meta.url), "utf8"));
export const settings = { itemsMax: file.itemsMax, rateTable: file.rateTable };
`;
const files = {
  "src/checkout.js": checkout,
  "src/coupons.js": coupons,
  "src/pricing.js": pricing,
  "src/payment.js": payment,
  "src/settings.js": settings,
  "config/shop.json": '{\n  "itemsMax": 50,\n  "rateTable": "standard"\n}\n',
  "package.json":
    '{\n  "name": "shop",\n  "version": "1.0.0",\n  "dependencies": {\n    "money-format": "file:vendor/money-format-1.0.0.tgz",\n    "left-pad": "1.0.0"\n  }\n}\n',
  "README.md": "# Shop\n",
};

async function shop(): Promise<Scenario> {
  const scenario = await stage.scenario();
  scenario.commit("Start the shop", files);
  scenario.commit("Say more in the readme", { "README.md": "# Shop\nSells things.\n" });
  await scenario.deploy();
  return scenario;
}
const at = (path: keyof typeof files, marker: string, fn = "handler") => ({
  path,
  line: lineOf(files[path], marker),
  fn,
});
const innocent = (scenario: Scenario) => {
  scenario.commit("Describe items with a dash", { "src/pricing.js": pricing.replace('" "', '" - "') });
  scenario.commit("Write a changelog", { "CHANGELOG.md": "# Changes\n" });
};
const investigate = ({ deps }: Scenario, incidentId: string) => investigateIncident(deps, { incidentId });

describe("a release that broke something", () => {
  test("a helper's change is blamed where an old line fails on what it gives, past formatting, moves and a later change of the same file", async () => {
    const scenario = await shop();
    innocent(scenario);
    const broken = coupons.replace("    return none;\n", "    return undefined;\n");
    const guilty = scenario.commit("Simplify coupons", { "src/coupons.js": broken });
    const later = broken.replace("return known.size;", "return [...known.keys()].length;");
    scenario.commit("Count coupons by key", { "src/coupons.js": later });
    const indented = later.replaceAll("  ", "    ").replaceAll('"', "'");
    scenario.commit("Format", { "src/coupons.js": indented });
    scenario.commit("Move coupons", {
      "src/coupons.js": null,
      "src/lib/coupons.js": indented,
      "src/checkout.js": checkout.replace("./coupons.js", "./lib/coupons.js"),
    });
    await scenario.deploy();
    const incident = await scenario.fail({
      type: "TypeError",
      message: "Cannot read properties of undefined (reading 'share')",
      frames: [at("src/checkout.js", "coupon.share", "totalOf"), at("src/checkout.js", "= totalOf(cart)", "checkout")],
    });
    const answer = await investigate(scenario, incident);
    expect(answer).toMatchObject({ revision: 1, culpritCommit: guilty });
    expect(answer.verdict).not.toBe("inconclusive");
    const { rows } = await sql<{ payload: object }>`
      SELECT payload FROM workflow_events WHERE incident_id = ${incident} AND event_type = 'investigation.completed'`.execute(
      scenario.deps.database.db,
    );
    expect(rows).toMatchObject([{ payload: { revision: 1, verdict: answer.verdict, culprit_commit: guilty } }]);
  });

  test("code put in beside the failing line is blamed, though blame names the first commit", async () => {
    const scenario = await shop();
    innocent(scenario);
    const guilty = scenario.commit("Allow free items", {
      "src/checkout.js": checkout.replace(
        "  let total = 0;\n",
        "  let total = 0;\n  if (cart.isFree) cart = { items: null };\n",
      ),
    });
    await scenario.deploy();
    const line = at("src/checkout.js", "of cart.items");
    const incident = await scenario.fail({
      type: "TypeError",
      message: "cart.items is not iterable",
      frames: [{ ...line, line: line.line + 1 }],
    });
    expect(await investigate(scenario, incident)).toMatchObject({ culpritCommit: guilty });
  });

  test("a pure deletion is blamed", async () => {
    const scenario = await shop();
    const guilty = scenario.commit("Coupons always exist", {
      "src/coupons.js": coupons.replace("  if (!known.has(code)) {\n    return none;\n  }\n", ""),
    });
    innocent(scenario);
    await scenario.deploy();
    const incident = await scenario.fail({
      type: "TypeError",
      message: "Cannot read properties of undefined (reading 'share')",
      frames: [at("src/checkout.js", "coupon.share")],
    });
    expect(await investigate(scenario, incident)).toMatchObject({ culpritCommit: guilty });
  });

  test("a setting changed in the repository is blamed as configuration", async () => {
    const scenario = await shop();
    innocent(scenario);
    const guilty = scenario.commit("Tune the shop", {
      "config/shop.json": files["config/shop.json"].replace("50", "0"),
    });
    await scenario.deploy();
    const incident = await scenario.fail({
      type: "RangeError",
      message: "cart is over the limit",
      frames: [at("src/checkout.js", "settings.itemsMax")],
    });
    const answer = await investigate(scenario, incident);
    expect(answer).toMatchObject({ culpritCommit: guilty });
    expect(answer.hypotheses[0]).toMatchObject({ type: "config" });
  });

  test("a dependency's bump is blamed where the stack goes through it, another's is not", async () => {
    const scenario = await shop();
    innocent(scenario);
    scenario.commit("Bump left-pad", {
      "package.json": files["package.json"].replace('"left-pad": "1.0.0"', '"left-pad": "1.1.0"'),
    });
    const guilty = scenario.commit("Bump money-format", {
      "package.json": files["package.json"]
        .replace('"left-pad": "1.0.0"', '"left-pad": "1.1.0"')
        .replace("money-format-1.0.0", "money-format-2.0.0"),
      "vendor/money-format-2.0.0.tgz": "binary\0",
    });
    await scenario.deploy();
    const frames = [
      { path: "node_modules/money-format/index.js", line: 3 },
      at("src/checkout.js", "formatMoney(total)"),
    ];
    const incident = await scenario.fail({ type: "TypeError", message: "options.currency is undefined", frames });
    const answer = await investigate(scenario, incident);
    expect(answer).toMatchObject({ culpritCommit: guilty });
    expect(answer.hypotheses[0]).toMatchObject({ type: "dependency" });
  });
});

describe("what no commit did", () => {
  test("another system that fails right after an innocent deployment leads to no blame", async () => {
    const scenario = await shop();
    innocent(scenario);
    scenario.commit("Mask five digits", { "src/payment.js": payment.replace("slice(-4)", "slice(-5)") });
    await scenario.deploy();
    const incident = await scenario.fail({
      type: "Error",
      message: "payment service answered 503",
      frames: [at("src/payment.js", "payment service answered", "charge"), at("src/checkout.js", "await charge")],
    });
    const answer = await investigate(scenario, incident);
    expect(answer).toMatchObject({ verdict: "inconclusive", culpritCommit: null });
    expect(answer.hypotheses[0]).toMatchObject({ type: "dependency" });
  });

  test("a refused connection leads to no blame, but to the commit where it changed the address", async () => {
    const scenario = await shop();
    const guilty = scenario.commit("Use the new payment port", { "src/payment.js": payment.replace(":8080", ":8181") });
    await scenario.deploy();
    const failure = {
      type: "TypeError",
      message: "fetch failed: connect ECONNREFUSED 10.0.0.7:8181",
      frames: [at("src/payment.js", "await fetch", "charge")],
    };
    expect(await investigate(scenario, await scenario.fail(failure))).toMatchObject({ culpritCommit: guilty });
    const other = await shop();
    innocent(other);
    await other.deploy();
    expect(await investigate(other, await other.fail(failure))).toMatchObject({
      verdict: "inconclusive",
      culpritCommit: null,
    });
  });

  test("a burst of client errors leads to no blame", async () => {
    const scenario = await shop();
    innocent(scenario);
    await scenario.deploy();
    const incident = await scenario.fail({
      type: "ValidationError",
      message: "cart has too many items",
      frames: [at("src/checkout.js", "too many items")],
    });
    expect(await investigate(scenario, incident)).toMatchObject({ verdict: "inconclusive", culpritCommit: null });
  });

  test("a failure that was there before the deployment does not blame it", async () => {
    const scenario = await shop();
    const failure = {
      type: "TypeError",
      message: "Cannot read properties of undefined (reading 'share')",
      frames: [at("src/checkout.js", "coupon.share")],
    };
    const incident = await scenario.fail(failure);
    scenario.commit("Coupons always exist", {
      "src/coupons.js": coupons.replace("  if (!known.has(code)) {\n    return none;\n  }\n", ""),
    });
    await scenario.deploy();
    await scenario.fail(failure);
    const answer = await investigate(scenario, incident);
    expect(answer.culpritCommit).not.toBe(await headOf(scenario));
  });

  test("a change reported outside git is named, and no commit is", async () => {
    const scenario = await shop();
    innocent(scenario);
    await scenario.deploy();
    await scenario.change({
      service: "shop",
      change_kind: "env_var",
      resource_name: "shop",
      changes: [{ field: "ITEMS_MAX", old_value: "50", new_value: "0" }],
      actor: "sam",
    });
    const incident = await scenario.fail({
      type: "RangeError",
      message: "cart is over the limit",
      frames: [at("src/checkout.js", "settings.itemsMax")],
    });
    const answer = await investigate(scenario, incident);
    expect(answer.culpritCommit).toBeNull();
    expect(answer.hypotheses[0]).toMatchObject({ type: "config", commitSha: null });
    expect(answer.verdict).toBe("likely");
  });

  test("without a commit nothing is claimed above 0.4, and the report says how to be surer", async () => {
    const scenario = await stage.scenario({ isRegistered: false });
    await scenario.deploy({ release: "shop@1" });
    await scenario.deploy({ release: "shop@2" });
    const incident = await scenario.fail({
      type: "TypeError",
      message: "x is not a function",
      frames: [{ path: "src/checkout.js", line: 3 }],
    });
    const answer = await investigate(scenario, incident);
    expect(answer).toMatchObject({ verdict: "inconclusive", culpritCommit: null });
    expect(Math.max(...answer.hypotheses.map((one) => one.confidence))).toBeLessThanOrEqual(0.4);
    const { hypotheses } = await loadInvestigation(scenario.deps.database.db, incident);
    expect(hypotheses.some((one) => one.advice?.includes("commit"))).toBe(true);
  });
});

describe("the answer", () => {
  test("every argument cites evidence that was stored, and the next revision says what changed", async () => {
    const scenario = await shop();
    const guilty = scenario.commit("<img src=x onerror=alert(1)> [coupons](http://evil.example)", {
      "src/coupons.js": coupons.replace("return none", "return null"),
    });
    await scenario.deploy();
    const incident = await scenario.fail({
      type: "TypeError",
      message: "Cannot read properties of null (reading 'share')\n# <script>alert(1)</script>",
      frames: [at("src/checkout.js", "coupon.share")],
    });
    await investigate(scenario, incident);
    const second = await investigate(scenario, incident);
    expect(second).toMatchObject({ revision: 2, culpritCommit: guilty });
    const loaded = await loadInvestigation(scenario.deps.database.db, incident);
    const ids = new Set(loaded.evidence.map((one) => one.id));
    const cited = loaded.hypotheses.flatMap((one) => [...one.for, ...one.against]).map((one) => one.evidence_id);
    expect(cited.length).toBeGreaterThan(2);
    expect(cited.filter((id) => !ids.has(id))).toEqual([]);
    expect(loaded.report).toMatchObject({
      revision: 2,
      changed: "Nothing changed: new evidence leads to the same answer.",
      // One figure: what the action answers, the API gives, the page shows and the report says.
      confidence: second.confidence,
    });
    expect(loaded.report?.markdown).toContain(`, confidence ${second.confidence.toFixed(2)}).`);
    expect(second.confidence).toBe(loaded.hypotheses[0]?.confidence);
    const html = renderReportHtml(loaded.report?.markdown ?? "");
    expect(html).not.toMatch(/<script|<img|<a /);
    const { rows } = await sql<{
      culprit_commit: string;
      file_path: string;
      verdict: string;
    }>`SELECT culprit_commit, file_path, verdict FROM incidents WHERE id = ${incident}`.execute(
      scenario.deps.database.db,
    );
    expect(rows[0]).toMatchObject({ culprit_commit: guilty, file_path: "src/checkout.js" });
  });

  test("a reopened incident is told from when it came back: its revision, and the occurrences since then", async () => {
    const scenario = await shop();
    const failure = {
      type: "TypeError",
      message: "Cannot read properties of null (reading 'share')",
      frames: [at("src/checkout.js", "coupon.share")],
    };
    const first = scenario.commit("Count carts", { "README.md": "# Carts\n" });
    await scenario.deploy();
    const incident = await scenario.fail({ ...failure, signal: { commitSha: first } });
    await scenario.fail({ ...failure, signal: { commitSha: first } });
    const { db } = scenario.deps.database;
    await moveIncident(db, { incidentId: incident, to: "resolved", reason: "mended" });
    await sql`UPDATE incidents SET resolved_at = resolved_at - interval '1 hour' WHERE id = ${incident}`.execute(db);
    const second = scenario.commit("Coupons may be none", {
      "src/coupons.js": coupons.replace("return none", "return null"),
    });
    await scenario.deploy();
    expect(await scenario.fail({ ...failure, signal: { commitSha: second } })).toBe(incident);
    expect(await investigate(scenario, incident)).toMatchObject({ culpritCommit: second });
    const { report } = await loadInvestigation(db, incident);
    expect(report?.markdown).toContain("- 1 occurrence in");
    expect(report?.markdown).toContain(`Then ran ${second.slice(0, 10)}`);
  });

  test("frames show the code at the commit that ran", async () => {
    const scenario = await shop();
    const incident = await scenario.fail({
      type: "TypeError",
      message: "boom",
      frames: [at("src/checkout.js", "coupon.share")],
    });
    await investigate(scenario, incident);
    const [code] = await loadFrameCode(scenario.deps, incident);
    expect(code?.path).toBe("src/checkout.js");
    expect(code?.lines[at("src/checkout.js", "coupon.share").line - (code?.first_line ?? 0)]).toContain("coupon.share");
  });
});

async function headOf(scenario: Scenario): Promise<string | undefined> {
  const { rows } = await sql<{
    commit_sha: string;
  }>`SELECT commit_sha FROM service_revisions WHERE project_id = ${scenario.projectId} ORDER BY from_at DESC LIMIT 1`.execute(
    scenario.deps.database.db,
  );
  return rows[0]?.commit_sha;
}
