/** A rule that a document prints, and the test that holds it: the file, and the words by which it is found there. */
export type DocumentedRule = readonly [rule: string, file: string, test: string];

const judge = "server/src/analysis/gate/judge-case.test.ts";
const gate = "server/src/domains/detection/gate/gate-incidents.test.ts";
const detectors = "server/src/analysis/detection/detectors/detectors.test.ts";
const sentinel = "server/src/domains/detection/sentinel/sentinel.test.ts";
const change = "server/src/analysis/change/change.test.ts";
const inspect = "server/src/analysis/inspections/inspect.test.ts";
const diagnose = "server/src/analysis/diagnose.test.ts";
const ranges = "server/src/domains/investigation/rollback-and-monorepo.test.ts";
const deployments = "server/src/domains/change/record-deployment.test.ts";
const observed = "server/src/domains/investigation/observe/load-observed-changes.test.ts";
const log = "server/src/domains/investigation/feedback/record-feedback.test.ts";
const derived = "server/src/domains/investigation/feedback/derive-resolutions.test.ts";

/** Document 4 (data models) and the rules of diagnosis that go with it, a line each. */
export const documentedRules: Readonly<Record<string, readonly DocumentedRule[]>> = {
  gating: [
    ["5xx over 1 % opens a candidate", detectors, "fires above 1 % of the requests and not below, with since when"],
    [
      "p99 over twice its baseline opens a candidate",
      detectors,
      "fires above twice the hour before, with the baseline, and not below",
    ],
    ["a crash loop opens a candidate", detectors, "is one container that begins again three times in ten minutes"],
    [
      "a custom trigger opens a candidate",
      sentinel,
      "a condition of the project's own in CEL over its series fires with what it saw",
    ],
    [
      "and a deployment in the last 15 minutes",
      judge,
      "the strict rule of the document: with is_change_required nothing is approved without a change",
    ],
    [
      "deploy correlation",
      judge,
      "a change in the 15 minutes before strengthens: it is named in the rationale, and less patience is needed",
    ],
    [
      "a deployment of half an hour ago is none",
      gate,
      "a deployment of another service, or of half an hour ago, is not near",
    ],
    ["persistence window", judge, "what has not lasted yet waits for just as long as is missing"],
    [
      "traffic floor",
      judge,
      "the traffic floor: below ten requests a minute nothing is approved, and the rationale says how many came",
    ],
    ["known-flaky suppression", judge, "what came and went away by itself three times in a week is suppressed"],
    [
      "de-duplication",
      judge,
      "duplicates: telemetry of a service whose incident is looked after is another view of it",
    ],
    ["rate limit", gate, "the budget: what is over it stays open and the gate asks to be called again"],
    [
      "every decision has rationale, policy_version and details",
      gate,
      "an SDK's new failure is approved as ever, with the policy that decided and its place in the budget",
    ],
    [
      "what is suppressed is so with a stored reason",
      gate,
      "that went away before it had lasted is suppressed, with how long it did",
    ],
    [
      "the investigator runs for approved ones only",
      gate,
      "only what is approved sets the response going: what is suppressed is no event that anything investigates",
    ],
    [
      "traffic up and errors normal is capacity",
      judge,
      "traffic up and errors normal is capacity: approved, and no model is asked",
    ],
    [
      "over 30 % more requests with a CPU spike is demand",
      judge,
      "with more processor time it is demand, which a policy may suppress",
    ],
    ["traffic normal and errors up is code or config", judge, "usual traffic and trouble is code or configuration"],
    ["both is a perfect storm", judge, "both up is a perfect storm"],
    [
      "the regression began before the deployment: rejected",
      diagnose,
      "regression before the deploy: rejected, however near",
    ],
    [
      "the accused service is healthy: downgraded",
      diagnose,
      "accused service healthy: a change there is downgraded, and the answer says why",
    ],
    [
      "a dependency regressed: proposed",
      diagnose,
      "dependency regressed earlier and no less: it is proposed, and who calls it is not called the likely cause",
    ],
    [
      "below 0.70 nobody is paged and the incident is kept",
      diagnose,
      "below 0.70 and where nothing is blamed nobody is woken",
    ],
    [
      "no deployment in the last hour: no release is blamed",
      diagnose,
      "no deploy in the last hour: telemetry alone blames no release",
    ],
    [
      "low traffic: nobody is blamed",
      diagnose,
      "low traffic: shares of a handful of requests blame nobody, and the answer says what is missing",
    ],
    [
      "looks of its own are limited",
      "test/live-look-again.test.ts",
      "an inconclusive answer is looked at again after three and ten minutes by itself, when telemetry came since, and never more often",
    ],
    [
      "a dependency of others is mended at the caller",
      diagnose,
      "a dependency that others run: mended at the caller, and never by a longer timeout",
    ],
    ["a bare longer timeout is no mitigation", diagnose, "no advice at all is a bare longer timeout"],
    [
      "the picture of the moment is kept when a trigger fires",
      sentinel,
      "a spike of errors opens an incident of its service with type, window, and the picture of the moment; a healthy service opens none",
    ],
    [
      "a cold start claims nothing",
      detectors,
      "at a cold start nothing is said, and the same hour of other days is enough to say something",
    ],
  ],
  identity: [
    ["service_key is cluster/namespace/service", change, 'serviceKeyOf("eu1", "shop", "cart")).toBe("eu1/shop/cart")'],
    [
      "the name: app.kubernetes.io/name, then app, then the Deployment",
      change,
      "a service is named by app.kubernetes.io/name, then app, then its Deployment",
    ],
    ["OCI label: 1.0", change, '"OCI label"'],
    ["annotation rca.dev: 0.9", change, '"annotation"'],
    ["annotation rca.dev/build_id: 0.9", change, '"build id"'],
    ["GitOps commit: 0.8", change, '["GitOps", { gitOpsCommit: sha, imageRef: "shop:1.2.3" }, sha, 0.8, null]'],
    ["a tag of 7 to 40 hex digits: 0.4", change, '["hex tag", '],
    ["a tag like a version: 0.4", change, '["semver tag", '],
    ["anything else: 0", change, '["latest", { imageRef: "shop/cart:latest" }, null, 0, null]'],
    [
      "a commit is blamed at 0.8 or more only",
      inspect,
      "below a mapping confidence of 0.8 no commit is blamed and none stands above 0.4",
    ],
    [
      "and with telemetry agreeing",
      diagnose,
      "a deployment of a service that nothing is wrong with is not blamed for the trouble of another",
    ],
  ],
  "change types": [
    ["db_migration: *.sql", change, '["db/schema.sql", "", "db_migration"]'],
    ["db_migration: migrations/**", change, '["server/migrations/0007_add.py", "", "db_migration"]'],
    ["db_migration: Alembic", change, '["alembic/versions/ab12_x.py", "", "db_migration"]'],
    ["db_migration: Flyway", change, '["src/main/resources/db/V12__orders.java", "", "db_migration"]'],
    ["dependency: go.mod", change, '["go.mod", "", "dependency"]'],
    ["dependency: requirements.txt", change, '["api/requirements-dev.txt", "", "dependency"]'],
    ["dependency: package.json", change, '["package.json", "", "dependency"]'],
    ["dependency: *.csproj", change, '["Shop/Shop.csproj", "", "dependency"]'],
    ["config: *.yaml", change, '["deploy/values.yaml", "", "config"]'],
    ["config: *.env", change, '[".env.production", "", "config"]'],
    ["config: *.toml", change, '["settings.toml", "", "config"]'],
    ["config: *.ini", change, '["pyconfig.ini", "", "config"]'],
    ["config: *config*", change, '["src/appConfig.ts", "", "config"]'],
    [
      "timeout_retry: the diff speaks of a timeout",
      change,
      '["src/orders.ts", "  const timeoutMs = 50;", "timeout_retry"]',
    ],
    ["timeout_retry: of a retry", change, '["src/orders.ts", "  retry(3, call)", "timeout_retry"]'],
    ["timeout_retry: of a circuit breaker", change, '["src/orders.ts", "  new CircuitBreaker(call)", "timeout_retry"]'],
    ["http_client: an HTTP client", change, '["src/orders.ts", "  await fetch(url)", "http_client"]'],
    ["http_client: gRPC stubs", change, '["gen/tax_pb2_grpc.py", "x = 1", "http_client"]'],
    ["http_client: API wrappers", change, '["src/clients/tax.ts", "x = 1", "http_client"]'],
    ["shared_util: core packages", change, '["core/money.go", "x = 1", "shared_util"]'],
    ["shared_util: shared packages", change, '["src/shared/money.ts", "x = 1", "shared_util"]'],
    ["auth: middleware", change, '["src/auth/middleware.ts", "x = 1", "auth"]'],
    ["auth: tokens", change, '["src/orders.ts", "  headers.authorization = x", "auth"]'],
    ["auth: RBAC", change, '["lib/rbac/check.rb", "x = 1", "auth"]'],
    ["test: *_test.*", change, '["src/orders_test.go", "timeout", "test"]'],
    ["test: tests/**", change, '["tests/data.sql", "", "test"]'],
    ["test: spec/**", change, '["spec/orders_spec.rb", "", "test"]'],
    ["docs: *.md", change, '["README.md", "", "docs"]'],
    ["docs: docs/**", change, '["docs/config.yaml", "", "docs"]'],
    ["other: the rest", change, '["src/orders.ts", "  return price * count;", "other"]'],
    [
      "p99: db_migration, timeout_retry, http_client",
      change,
      'order("p99_regression")).toEqual(["db_migration", "timeout_retry", "http_client"])',
    ],
    [
      "error rate: auth, http_client, shared_util, config",
      change,
      'order("error_rate_spike")).toEqual(["auth", "http_client", "shared_util", "config"])',
    ],
    ["crash loop: config, dependency", change, 'order("crashloop")).toEqual(["config", "dependency"])'],
    [
      "ranked by type and lines changed, five at most",
      change,
      "of what a deployment brought, five commits at most are read first: by kind for the trouble, then by lines of that kind",
    ],
    [
      "incident time is only a query",
      "server/src/domains/investigation/observe/load-brought-commits.test.ts",
      "incident time is only a query: what a deployment brought is told by kind for the trouble",
    ],
    [
      "a summary for each commit when it is pushed",
      "server/src/domains/change/commits/read-commits.test.ts",
      "each file of a commit is kept with its kind and its hunks, and the commit is summed up",
    ],
  ],
  rollback: [
    [
      "the range is previous_revision..revision",
      deployments,
      "a deployment that is told late stands between its neighbours, and both ranges are right",
    ],
    [
      "unknown: the last twenty commits with a warning",
      ranges,
      "where it is not known what ran before, the last twenty commits stand in for what was deployed, and the report warns of it",
    ],
    [
      "more than fifty commits",
      ranges,
      "of a massive release as many commits are read as of any other, and what was not read is said",
    ],
    [
      "is_rollback: the revision is an ancestor of the one before",
      deployments,
      "a rollback lists the commits that were taken out",
    ],
    [
      "a rollback is looked at for what it removed",
      ranges,
      "after a rollback what it took out is blamed, not what was there all along",
    ],
    [
      "monorepo: path ownership and CODEOWNERS",
      ranges,
      "in a repository of several services another one's commits are told apart, by folder or as declared, and the owner is named",
    ],
    [
      "CODEOWNERS: the last rule that matches",
      change,
      "the last matching rule of CODEOWNERS says who owns a path, and a rule without owners takes it from all",
    ],
  ],
  "ghost changes": [
    ["image_swap", observed, '["image_swap", "k8s_deployment", "config"]'],
    ["env_var", observed, '["env_var", "k8s_deployment", "config"]'],
    ["resource_limit", observed, '["resource_limit", "k8s_deployment", "config"]'],
    ["replica_count", observed, '["replica_count", "k8s_replicaset", "scaling"]'],
    ["configmap_key", observed, '["configmap_key", "k8s_configmap", "config"]'],
    ["secret_key", observed, '["secret_key", "k8s_secret", "config"]'],
    ["db_schema_alter", observed, '["db_schema_alter", "db_schema", "migration"]'],
    [
      "one in the window leads the hypotheses",
      diagnose,
      "ghost changes: one without a release behind it stands before the deployment of the same minute",
    ],
    [
      "the payload is field, old_value, new_value; values of secrets are never stored",
      observed,
      "a changed field keeps what it was and what it became; of a secret only that it changed",
    ],
    [
      "nor told",
      deployments,
      "a deployment and a config change are events for triggers, once each, and a secret's value is not in them",
    ],
    [
      "schemas by information_schema, once a change",
      "server/src/domains/change/schema/watch-schema.test.ts",
      "the first look is only remembered; what differs at the next is a change for each table, told once",
    ],
  ],
  feedback: [
    [
      "the seven types with their payloads",
      log,
      "each of the seven types is stored as document 4 prints it, and listed in the order in which it was said",
    ],
    ["append-only, no deletion", log, "the log refuses to be rewritten"],
    [
      "decisions are append-only too",
      "test/schema/status-map.test.ts",
      "the log of feedback, of decisions and of audit takes rows and gives none back, except in retention or with the incident",
    ],
    [
      "resolution columns are derived from the events",
      log,
      "a confirmed hypothesis is the resolution, a later rejection takes it back, and a set cause replaces it",
    ],
    [
      "and can be built anew from them",
      derived,
      "the resolution is what the log says, and can be built anew from the log alone",
    ],
    [
      "actor_type integration",
      "test/feedback.test.ts",
      "what a program says by its key is answered with the entry and stands in the log",
    ],
    ["actor_type user", "test/feedback.test.ts", "a person says it under their own name, from the page's own session"],
    ["nobody names what is another's", log, "what another incident or another project owns can't be named"],
    ["redaction", log, "secrets in a note and in metadata are not stored"],
    [
      "a rejected conclusion does not come back without new evidence",
      diagnose,
      "more of the same trouble is nothing new; a kind of evidence that was not there lets it come back, with the word against it still told",
    ],
    [
      "priors by confirmation and rejection, bounded",
      "server/src/domains/investigation/learning/learn-from-feedback.test.ts",
      "confirmations of one incident speak in the next one of the service, with their number, and only within bounds",
    ],
    [
      "top-1, false attribution and insufficient evidence are measured",
      "server/src/domains/investigation/learning/learn-from-feedback.test.ts",
      "how right the answers were is told by people's last word, of the answer that stood when they first spoke",
    ],
    [
      "every id of evidence is checked to exist on the incident",
      "test/schema/evidence.test.ts",
      "a hypothesis and a report may name evidence of their own incident only, and all of it must be there",
    ],
  ],
};
