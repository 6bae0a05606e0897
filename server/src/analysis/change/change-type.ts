import type { FileDiff } from "../diff/parse-diff.ts";

/** What a changed file is to production (document 4). */
export const changeTypes = [
  "db_migration",
  "dependency",
  "config",
  "timeout_retry",
  "http_client",
  "shared_util",
  "auth",
  "test",
  "docs",
  "other",
] as const;
export type ChangeType = (typeof changeTypes)[number];

const manifests =
  /^(?:package(?:-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|go\.(?:mod|sum)|requirements[\w.-]*\.(?:txt|in)|constraints[\w.-]*\.txt|pyproject\.toml|poetry\.lock|uv\.lock|pipfile(?:\.lock)?|setup\.(?:py|cfg)|cargo\.(?:toml|lock)|gemfile(?:\.lock)?|composer\.(?:json|lock)|pom\.xml|build\.gradle(?:\.kts)?|gradle\.lockfile|libs\.versions\.toml|mix\.(?:exs|lock)|packages\.lock\.json|packages\.config|directory\.packages\.props)$/;

/** By place alone, first match first. Whatever lies among tests never runs in production, whatever it is called; so with docs. */
const byPath: readonly (readonly [ChangeType, RegExp])[] = [
  [
    "test",
    /(?:^|\/)(?:tests?|__tests__|specs?|e2e|testdata|fixtures)\/|(?:^|\/)test_[^/]+\.py$|[._-](?:tests?|spec)\.\w+$|(?:Tests?|Spec|IT)\.(?:java|kt|cs|scala)$/,
  ],
  ["docs", /\.(?:md|mdx|rst|adoc)$|^docs?\/|\/docs?\/|(?:^|\/)(?:license|changelog|authors|notice)(?:\.txt)?$/i],
  [
    "db_migration",
    /\.sql$|(?:^|\/)(?:migrations?|alembic|flyway|liquibase|db\/migrate)\/|(?:^|\/)V\d+(?:[._]\d+)*__[^/]+$|\.prisma$/,
  ],
  [
    "config",
    /\.(?:ya?ml|env|toml|ini|properties|conf|cfg|tfvars|tf|hcl)$|(?:^|\/)\.env[^/]*$|(?:^|\/)[^/]*(?:config|settings)[^/]*$|(?:^|\/)(?:config|deploy|charts|helm|k8s|kustomize)\/[^/]+\.(?:json|xml|tpl)$|(?:^|\/)dockerfile[^/]*$/i,
  ],
];

/** By what the changed lines say or where the code lies, first match first: the narrower meaning before the wider one. */
const byContent: readonly (readonly [ChangeType, { readonly path: RegExp | null; readonly line: RegExp | null }])[] = [
  [
    "timeout_retry",
    {
      path: /(?:retry|retries|timeout|backoff|circuit[-_]?breaker|resilience)[^/]*$/i,
      line: /time[-_]?outs?|(?:^|[^a-z])retr(?:y|ies|ied|ying)|max[-_]?attempts|back[-_]?off|circuit[-_ ]?break|deadline/i,
    },
  ],
  [
    "auth",
    {
      path: /(?:^|[/_.-])(?:auth|authn|authz|oauth2?|oidc|saml|sso|rbac|acl|jwt|login|session|permissions?|credentials?|tokens?)(?:[/_.-]|$)/i,
      line: /authori[sz]ation\b|authenticat|\bbearer\b|\bjwt\b|access[-_]?token|refresh[-_]?token|\brbac\b|permission[-_ ]?denied|require[-_]?(?:auth|role|scope)/i,
    },
  ],
  [
    "http_client",
    {
      path: /(?:^|\/)(?:clients?|gateways?|adapters?|stubs?|sdk|api[-_]?clients?)\/|[-_.]?(?:client|gateway|stub)\.\w+$|(?:_pb2(?:_grpc)?\.py|\.pb\.go|_grpc\.pb\.go|\.proto)$/i,
      line: /\bfetch\(|\baxios\b|\bgot\(|\bundici\b|requests\.(?:get|post|put|patch|delete|session)|\bhttpx\b|\baiohttp\b|http\.(?:get|request|client|newrequest)|httpclient|resttemplate|webclient|okhttp|\bgrpc\b|new \w+(?:service)?client\(/i,
    },
  ],
  ["shared_util", { path: /(?:^|\/)(?:core|shared|common|utils?|helpers?|lib|libs|internal|pkg|base)\//i, line: null }],
];

/**
 * The one kind of change that a file's diff is. Deterministic. Tests and docs come first; then what the path says (migration,
 * manifest or lock file, configuration); then what the changed lines and the place of the code say. Context lines do not count.
 * @param diff null where only the path is known
 * @source document 4, table of change types
 */
export function changeTypeOf(path: string, diff: FileDiff | null): ChangeType {
  const file = path.slice(path.lastIndexOf("/") + 1);
  const early = byPath.slice(0, 3).find(([, rule]) => rule.test(path));
  if (early !== undefined) return early[0];
  if (manifests.test(file.toLowerCase()) || /\.(?:csproj|fsproj|vbproj)$/i.test(file)) return "dependency";
  const late = byPath.slice(3).find(([, rule]) => rule.test(path));
  if (late !== undefined) return late[0];
  const changed = (diff?.hunks ?? []).flatMap((hunk) => hunk.lines).filter((line) => line.kind !== "context");
  for (const [type, { path: place, line: said }] of byContent) {
    if (place?.test(path) === true) return type;
    if (said !== null && changed.some((line) => line.text.length < 2_000 && said.test(line.text))) return type;
  }
  return "other";
}

/** What is looked at first for a kind of trouble; what is not named comes after, by size alone. */
const priorities: Readonly<Record<string, readonly ChangeType[]>> = {
  p99_regression: ["db_migration", "timeout_retry", "http_client"],
  error_rate_spike: ["auth", "http_client", "shared_util", "config"],
  crashloop: ["config", "dependency"],
};

/**
 * How near a file's change is to a kind of trouble: 1 for the first type of its list, falling to 0.4 for the last, 0.2 for any other code, 0 for
 * tests and docs, which can't be the cause.
 * @param trigger `error_rate_spike`, `p99_regression`, `crashloop`, or another
 */
export function changeTypeWeight(type: ChangeType, trigger: string): number {
  if (type === "test" || type === "docs") return 0;
  const list = priorities[trigger] ?? [];
  const at = list.indexOf(type);
  return at < 0 ? 0.2 : list.length === 1 ? 1 : 1 - (0.6 * at) / (list.length - 1);
}
