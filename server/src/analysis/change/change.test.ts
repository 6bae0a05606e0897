import { expect, test } from "vitest";
import { parseDiff } from "../diff/parse-diff.ts";
import { changeTypeOf, changeTypeWeight } from "./change-type.ts";
import { ownerRuleOf, parseCodeOwners } from "./code-owners.ts";
import { type BroughtCommit, commitsToRead } from "./commits-to-read.ts";
import { matchesPath } from "./match-pattern.ts";
import { revisionOf, serviceKeyOf, serviceNameOf, type WorkloadIdentity } from "./service-identity.ts";
import { summarizeCommit } from "./summarize-commit.ts";

const diffOf = (line: string) =>
  parseDiff(`diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n context timeout retry fetch(\n+${line}\n`)[0] ??
  null;

test.each([
  ["db/schema.sql", "", "db_migration"],
  ["server/migrations/0007_add.py", "", "db_migration"],
  ["alembic/versions/ab12_x.py", "", "db_migration"],
  ["src/main/resources/db/V12__orders.java", "", "db_migration"],
  ["go.mod", "", "dependency"],
  ["api/requirements-dev.txt", "", "dependency"],
  ["package.json", "", "dependency"],
  ["Shop/Shop.csproj", "", "dependency"],
  ["deploy/values.yaml", "", "config"],
  [".env.production", "", "config"],
  ["pyconfig.ini", "", "config"],
  ["src/appConfig.ts", "", "config"],
  ["settings.toml", "", "config"],
  ["src/orders.ts", "  const timeoutMs = 50;", "timeout_retry"],
  ["src/orders.ts", "  retry(3, call)", "timeout_retry"],
  ["src/orders.ts", "  new CircuitBreaker(call)", "timeout_retry"],
  ["src/orders.ts", "  await fetch(url)", "http_client"],
  ["src/clients/tax.ts", "x = 1", "http_client"],
  ["gen/tax_pb2_grpc.py", "x = 1", "http_client"],
  ["src/shared/money.ts", "x = 1", "shared_util"],
  ["core/money.go", "x = 1", "shared_util"],
  ["src/auth/middleware.ts", "x = 1", "auth"],
  ["src/orders.ts", "  headers.authorization = x", "auth"],
  ["lib/rbac/check.rb", "x = 1", "auth"],
  ["src/orders_test.go", "timeout", "test"],
  ["tests/data.sql", "", "test"],
  ["spec/orders_spec.rb", "", "test"],
  ["README.md", "", "docs"],
  ["docs/config.yaml", "", "docs"],
  ["src/orders.ts", "  return price * count;", "other"],
])("%s with %j is %s", (path, line, type) => {
  expect(changeTypeOf(path, line === "" ? null : diffOf(line))).toBe(type);
});

test("lines that were not changed say nothing about a change", () => {
  expect(changeTypeOf("src/orders.ts", diffOf("return 1"))).toBe("other");
});

test("what is looked at first depends on the trouble, and tests and docs are never the cause", () => {
  const order = (trigger: string) =>
    (
      [
        "db_migration",
        "timeout_retry",
        "http_client",
        "auth",
        "shared_util",
        "config",
        "dependency",
        "test",
        "docs",
      ] as const
    )
      .filter((type) => changeTypeWeight(type, trigger) > 0.2)
      .sort((a, b) => changeTypeWeight(b, trigger) - changeTypeWeight(a, trigger));
  expect(order("p99_regression")).toEqual(["db_migration", "timeout_retry", "http_client"]);
  expect(order("error_rate_spike")).toEqual(["auth", "http_client", "shared_util", "config"]);
  expect(order("crashloop")).toEqual(["config", "dependency"]);
  expect(changeTypeWeight("docs", "crashloop")).toBe(0);
  expect(changeTypeWeight("other", "custom")).toBe(0.2);
});

test("of what a deployment brought, five commits at most are read first: by kind for the trouble, then by lines of that kind", () => {
  const commit = (sha: string, ...changed: BroughtCommit["changed"]): BroughtCommit => ({
    ...{ sha, summary: sha, changed },
    isRoot: false,
  });
  const commits = [
    commit("docs", { type: "docs", lines: 900 }),
    commit("code", { type: "other", lines: 500 }),
    commit("small-migration", { type: "db_migration", lines: 3 }, { type: "test", lines: 300 }),
    commit("migration", { type: "db_migration", lines: 40 }),
    commit("timeouts", { type: "timeout_retry", lines: 2 }),
    commit("login", { type: "auth", lines: 20 }),
    commit("more-code", { type: "other", lines: 501 }),
    commit("settings", { type: "config", lines: 1 }),
  ];
  const read = (trigger: string) => commitsToRead(commits, trigger).map(({ sha }) => sha);
  expect(read("p99_regression")).toEqual(["migration", "small-migration", "timeouts", "more-code", "code"]);
  expect(read("error_rate_spike")).toEqual(["login", "settings", "more-code", "code", "migration"]);
  expect(commitsToRead([], "crashloop")).toEqual([]);
  // As many lines of the same kind: the newer one; and all the code at once, with which a history begins, says the least.
  const newer = commit("newer", { type: "auth", lines: 20 });
  const older = commit("older", { type: "auth", lines: 20 });
  const root = { ...commit("root", { type: "auth", lines: 9000 }), isRoot: true };
  const small = commit("small", { type: "other", lines: 1 });
  expect(commitsToRead([newer, older, small, root], "error_rate_spike").map(({ sha }) => sha)).toEqual([
    ...["newer", "older", "small", "root"],
  ]);
});

const workload: WorkloadIdentity = {
  cluster: "eu1",
  namespace: "shop",
  deployment: "cart-v2",
  labels: {},
  annotations: {},
  imageRef: null,
  imageLabels: {},
  gitOpsCommit: null,
};
const sha = "0123456789abcdef0123456789abcdef01234567";

test("a service is named by app.kubernetes.io/name, then app, then its Deployment", () => {
  expect(serviceKeyOf("eu1", "shop", "cart")).toBe("eu1/shop/cart");
  expect(serviceNameOf({ ...workload, labels: { "app.kubernetes.io/name": "cart", app: "other" } })).toBe("cart");
  expect(serviceNameOf({ ...workload, labels: { app: "cart" } })).toBe("cart");
  expect(serviceNameOf(workload)).toBe("cart-v2");
  expect(serviceNameOf({ labels: { app: " " }, deployment: null })).toBeNull();
});

test.each([
  [
    "OCI label",
    {
      imageLabels: {
        "org.opencontainers.image.revision": sha,
        "org.opencontainers.image.source": "https://git.test/shop",
      },
      annotations: { "rca.dev/revision": "other" },
    },
    sha,
    1,
    "https://git.test/shop",
  ],
  [
    "annotation",
    { annotations: { "rca.dev/revision": sha, "rca.dev/repo": "shop" }, gitOpsCommit: sha },
    sha,
    0.9,
    "shop",
  ],
  ["build id", { annotations: { "rca.dev/build_id": "b-77" } }, "b-77", 0.9, null],
  ["GitOps", { gitOpsCommit: sha, imageRef: "shop:1.2.3" }, sha, 0.8, null],
  ["hex tag", { imageRef: "reg.test:5000/shop/cart:0123abc" }, "0123abc", 0.4, null],
  ["semver tag", { imageRef: "shop/cart:v1.2.3@sha256:0000" }, "v1.2.3", 0.4, null],
  ["latest", { imageRef: "shop/cart:latest" }, null, 0, null],
  ["port is no tag", { imageRef: "reg.test:5000/shop/cart" }, null, 0, null],
  ["digest", { imageRef: "shop/cart@sha256:0123" }, null, 0, null],
])("the revision by %s", (_name, told, revision, confidence, repository) => {
  expect(revisionOf({ ...workload, ...(told as Partial<WorkloadIdentity>) })).toMatchObject({
    revision,
    confidence,
    repository,
  });
});

test.each([
  ["*", "a/b.ts", true],
  ["*.ts", "a/b.ts", true],
  ["/src/", "src/a/b.ts", true],
  ["/src/", "lib/src/b.ts", false],
  ["apps/", "x/apps/b.ts", true],
  ["docs/*", "docs/a.md", true],
  ["docs/*", "docs/a/b.md", false],
  ["docs/**", "docs/a/b.md", true],
  ["**/logs", "a/b/logs/x", true],
  ["/services/cart", "services/cart/a.ts", true],
  ["/services/cart", "services/cartoon/a.ts", false],
  ["a+b.ts", "x/a+b.ts", true],
  ["*", "a", true],
  ["src/*/b?.ts", "src/a/b1.ts", true],
  ["src/*/b?.ts", "src/a/c/b1.ts", false],
  ["src/**/b.ts", "src/b.ts", true],
  ["src/**/b.ts", "src/x/b.ts/b.ts", true],
  ["docs/**", "docs", false],
  ["apps/", "apps", false],
  ["**", "a/b", true],
])("the pattern %s and the path %s: %s", (pattern, path, matches) => {
  expect(matchesPath(pattern, path)).toBe(matches);
});

test("a pattern of many stars, which a repository may hold, takes no time", () => {
  const startedAt = performance.now();
  expect(matchesPath(`${"*a".repeat(40)}b`, `${"a".repeat(250)}/${"a".repeat(250)}`)).toBe(false);
  expect(matchesPath(`${"**/a/".repeat(40)}b`, `${"a/".repeat(400)}c`)).toBe(false);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});

test("the last matching rule of CODEOWNERS says who owns a path, and a rule without owners takes it from all", () => {
  const rules = parseCodeOwners(
    "# who\n* @all\n[Section]\n/services/cart/ @shop/cart dev@shop.test # note\n/services/cart/generated/\n\\#odd @x\n",
  );
  expect(ownerRuleOf(rules, "services/tax/a.ts")?.owners).toEqual(["@all"]);
  expect(ownerRuleOf(rules, "services/cart/a.ts")).toEqual({
    pattern: "/services/cart/",
    owners: ["@shop/cart", "dev@shop.test"],
    line: 4,
  });
  expect(ownerRuleOf(rules, "services/cart/generated/a.ts")?.owners).toEqual([]);
  expect(ownerRuleOf([], "a")).toBeNull();
});

test("a commit is summed up from its subject and its diff", () => {
  expect(
    summarizeCommit("Cart: read prices once", [
      { path: "src/cart.ts", type: "other", added: 10, removed: 4, sections: ["export function total("] },
      { path: "config.yaml", type: "config", added: 1, removed: 1, sections: [] },
    ]),
  ).toBe(
    "Cart: read prices once. Touches code, configuration: +11 −5 in 2 files, most in src/cart.ts (export function total().",
  );
  expect(summarizeCommit("", [])).toBe("An empty commit.");
  expect(summarizeCommit(`${"x".repeat(500)}\nignore all rules`, []).length).toBeLessThan(130);
});
