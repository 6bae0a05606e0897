import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { type ChatReply, type FakeOpenAi, startFakeOpenAi } from "../../../../../test/fakes/openai/fake-openai.ts";
import { autopsyDeps, autopsySettings } from "../../../../../test/repair/autopsy-setup.ts";
import { createGitProject, type GitProject, lines } from "../../../../../test/repair/git-project.ts";
import { seedIncident } from "../../../../../test/repair/repair-setup.ts";
import { repairIncident } from "../repair-incident.ts";
import { loadAutopsies } from "./load-autopsies.ts";
import { proposeDrafts } from "./propose-drafts.ts";
import { writeAutopsy } from "./write-autopsy.ts";

let store: TestDatabase;
let project: GitProject;
let culprit: string;
beforeAll(async () => {
  store = await createTestDatabase();
  project = createGitProject();
  project.commit("Begin", {
    "package.json": manifest,
    "src/price.js": price("Number(text) * 100"),
    "test/price.test.js": ownTest,
  });
  culprit = project.commit("Take prices as whole cents", { "src/price.js": price("BigInt(text) * 100n") });
});
afterAll(() => store.drop());
let fake: FakeOpenAi | null = null;
afterEach(async () => {
  await fake?.close();
  fake = null;
});

const manifest = JSON.stringify({ name: "till", type: "module", scripts: { test: "node --test" } });
const price = (expression: string): string =>
  lines("export function centsOf(text) {", `  const cents = ${expression};`, "  return Number(cents);", "}");
const ownTest = lines(
  'import assert from "node:assert/strict";',
  'import { test } from "node:test";',
  'import { centsOf } from "../src/price.js";',
  'test("a whole price", () => assert.equal(centsOf("2"), 200));',
);

async function askBadly(reply: ChatReply | readonly ChatReply[], overrides = {}) {
  fake = await startFakeOpenAi(
    (_, count) => (Array.isArray(reply) ? reply[Math.min(count, reply.length) - 1] : reply) as ChatReply,
  );
  const deps = autopsyDeps(store.database, fake, {
    autopsySettings: { ...autopsySettings, callTimeoutMs: 1500, ...overrides },
  });
  const incidentId = await seedIncident(store.database.db, deps.dataDir, project, {
    ...{ base: culprit, culprit, errorType: "SyntaxError", errorMessage: "Cannot convert 2.5 to a BigInt" },
    frames: [{ file: "/srv/till/src/price.js", function: "centsOf", line: 2, column: 17, isInApp: true }],
  });
  const written = await writeAutopsy(deps, { incidentId });
  const { rows } = await sql<{ root_cause: string; model_used: string; ai_fix_prompt: string }>`
    SELECT root_cause, model_used, ai_fix_prompt FROM autopsy_results WHERE incident_id = ${incidentId}`.execute(
    store.database.db,
  );
  const { answers } = await loadAutopsies(store.database.db, incidentId);
  const [answer] = answers;
  if (answer === undefined) throw new Error("An autopsy left no answer.");
  return { deps, incidentId, written, result: rows[0], answer };
}

const claim = { text: "Prices with a fraction are no whole numbers.", evidence: ["E1"] };
const patchOf = (path: string) => ({
  kind: "fix",
  explanation: "x",
  edits: [{ path, find: "BigInt(text) * 100n", replace: "0" }],
});
const answerWith = (patch: unknown): ChatReply => ({ text: JSON.stringify({ root_cause: [claim], patch }) });

test.each<readonly [string, ChatReply | readonly ChatReply[], string, RegExp, number]>([
  ["nonsense", { text: "I am a teapot." }, "nonsense", /no JSON object that parses/, 2],
  ["half an object", { text: '{"root_cause": [{"text": "Prices', finish: "length" }, "nonsense", /cut off/, 2],
  ["an object of another shape", { text: '{"cause": "Prices"}' }, "nonsense", /root_cause/, 2],
  ["nothing until the timeout", { hangs: true }, "timeout", /did not answer within 1.5 s/, 1],
  [
    "429",
    { status: 429, message: "Rate limit reached", headers: { "retry-after": "60" } },
    "refused",
    /answered 429: Rate limit/,
    1,
  ],
  ["500", { status: 500, message: "The server had an error" }, "refused", /answered 500/, 1],
  ["an answer without an end", { endless: true }, "too_long", /more than 2000000 bytes/, 1],
  [
    "a page of HTML",
    { body: "<html>Welcome to the proxy</html>" },
    "refused",
    /something else than the API describes/,
    1,
  ],
  [
    "a call of a tool that it was not given",
    { toolCalls: [{ name: "sh", arguments: "{}" }] },
    "nonsense",
    /no JSON/,
    2,
  ],
  ["nonsense, then nothing", [{ text: "no" }, { hangs: true }], "nonsense", /did not answer within/, 2],
])(
  "a model that answers %s leaves a readable outcome, and the rules' answer stands",
  async (_name, reply, outcome, reason, calls) => {
    const { written, result, answer } = await askBadly(reply);
    expect(written).toMatchObject({ modelOutcome: outcome, modelUsed: "rules", hasDraft: false });
    expect(answer.model_reason).toMatch(reason);
    expect(answer.model_reason).not.toContain("sk-fake");
    expect(answer.calls.length).toBe(calls);
    expect(result).toMatchObject({ root_cause: "The last release did it.", model_used: "rules" });
    expect(result?.ai_fix_prompt).toContain("BigInt(text) * 100n");
  },
);

test("a model that nobody listens for is unreachable", async () => {
  const gone = await startFakeOpenAi(() => ({ hangs: true }));
  await gone.close();
  const deps = autopsyDeps(store.database, gone);
  const incidentId = await seedIncident(store.database.db, deps.dataDir, null, {
    base: null,
    culprit: null,
    errorMessage: "x",
    frames: [],
  });
  expect(await writeAutopsy(deps, { incidentId })).toMatchObject({ modelOutcome: "unreachable", modelUsed: "rules" });
});

test.each([
  ["another file", patchOf("src/other.js"), /which the model was not shown/],
  [
    "a place that is not there",
    { kind: "fix", edits: [{ path: "src/price.js", find: "no such text", replace: "0" }] },
    /not at all/,
  ],
  ["nothing", { kind: "fix", diff: "Sure! Here is the patch." }, /no unified diff/],
])("a patch for %s is not proposed, and the words stand", async (_name, patch, reason) => {
  const { written, answer } = await askBadly(answerWith(patch));
  expect(written).toMatchObject({ modelOutcome: "answered", hasDraft: false });
  expect(answer.struck_out.join(" ")).toMatch(reason);
  expect(answer.root_cause).toBe(claim.text);
});

test("tokens that nobody counted are estimated, and said to be", async () => {
  const { answer } = await askBadly({ text: JSON.stringify({ root_cause: [claim] }), usage: null });
  expect(answer.calls).toMatchObject([{ are_tokens_estimated: true, outcome: "answered" }]);
  expect(answer.calls[0]?.tokens_in).toBeGreaterThan(100);
  expect(answer.calls[0]?.cost).toBeGreaterThan(0);
});

test("where no rule has a proof, the model's draft goes through the gate and the proof like every other patch", async () => {
  const totals = (...body: string[]) => lines("export function totalOf(cart) {", ...body, "}");
  const sum = "  const sum = cart.items.reduce((total, item) => total + item.cents, 0);";
  const till = createGitProject();
  const beforeFiles = {
    "package.json": manifest,
    "src/totals.js": totals(
      sum,
      "  const percent = cart.coupon ? cart.coupon.percent : 5;",
      "  return sum - (sum * percent) / 100;",
    ),
    "test/totals.test.js": lines(
      'import assert from "node:assert/strict";',
      'import { test } from "node:test";',
      'import { totalOf } from "../src/totals.js";',
      'test("a coupon lowers the total", () => {',
      "  assert.equal(totalOf({ items: [{ cents: 200 }], coupon: { percent: 10 } }), 180);",
      "});",
    ),
  };
  till.commit("Begin", beforeFiles);
  const blamed = till.commit("Tidy", {
    "src/totals.js": totals(sum, "  const percent = cart.coupon.percent;", "  return sum - (sum * percent) / 100;"),
  });
  // Rewritten since, so that git can't undo it; a guard gives 0, which is not what a cart without a coupon cost.
  const base = till.commit("Take the coupon apart", {
    "src/totals.js": totals(
      "  const { coupon, items } = cart;",
      "  let sum = 0;",
      "  for (const { cents } of items) sum += cents;",
      "  const { percent } = coupon;",
      "  return sum * (1 - percent / 100);",
    ),
  });
  const patch = {
    ...{ kind: "fix", explanation: "A cart without a coupon has the usual discount." },
    edits: [
      {
        path: "src/totals.js",
        find: "const { percent } = coupon;",
        replace: "const { percent } = coupon ?? { percent: 5 };",
      },
    ],
  };
  fake = await startFakeOpenAi(() => answerWith(patch));
  const deps = autopsyDeps(store.database, fake);
  const incidentId = await seedIncident(store.database.db, deps.dataDir, till, {
    ...{ base, culprit: blamed, errorMessage: "Cannot destructure property 'percent' of 'coupon' as it is undefined." },
    frames: [{ file: "/srv/till/src/totals.js", function: "totalOf", line: 5, column: 11, isInApp: true }],
  });
  expect(await writeAutopsy(deps, { incidentId })).toMatchObject({ hasDraft: true });
  const outcome = await repairIncident({ ...deps, proposers: [proposeDrafts] }, { incidentId });
  expect(outcome).toMatchObject({ proof: "green", proposer: "model", patchKind: "fix" });
  const { answers, runs } = await loadAutopsies(store.database.db, incidentId);
  expect(answers[0]?.run_id).toBe(runs.find(({ proposer }) => proposer === "model")?.id);
  expect(answers[0]?.ai_fix_prompt).toContain("## A patch that was proven to make it pass");
  expect(runs.at(-1)?.proposer).not.toBe("model");
  expect(runs.map(({ proposer, model_used: model }) => [proposer === "model", model])).toContainEqual([true, "small"]);
});
