import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createProject } from "../../server/src/domains/access/index.ts";
import { registerRepository } from "../../server/src/domains/change/index.ts";
import type { IntegrationServices } from "../../server/src/domains/integration/index.ts";
import type { ActionContext, Catalogue, Effect, EffectAnswer } from "../../server/src/domains/workflow/index.ts";
import { openHttpClient } from "../../server/src/platform/http-client/open-http-client.ts";
import { newId } from "../../server/src/platform/ids/ids.ts";
import { createLog } from "../../server/src/platform/log/log.ts";
import type { Queue } from "../../server/src/platform/queue/queue.ts";
import type { ActionServices } from "../../server/src/surfaces/actions/action-services.ts";
import { loadCatalogue } from "../../server/src/surfaces/actions/load-catalogue.ts";
import { openCheckouts } from "../../server/src/vendors/git/checkout.ts";
import { createGitRepositories } from "../../server/src/vendors/git/index.ts";
import { openRepairRepositories } from "../../server/src/vendors/git/worktree.ts";
import { openGitHubForge } from "../../server/src/vendors/github/forge.ts";
import { githubPullRequests } from "../../server/src/vendors/github/pull-request-forge.ts";
import { lintWithOxlint } from "../../server/src/vendors/oxc/lint-files.ts";
import { schemaReader } from "../../server/src/vendors/postgresql/read-schema.ts";
import { createTestDatabase, type TestDatabase } from "../database/create-test-database.ts";
import { type FakeGitHub, startFakeGitHub } from "../fakes/github/fake-github.ts";
import { repairDeps } from "../repair/repair-setup.ts";

/** What a step is told beside its input. */
export interface StepFacts {
  readonly projectId?: string;
  readonly incidentId?: string | null;
  readonly event?: Readonly<Record<string, unknown>> | null;
  readonly executionId?: string;
  /** The process dies after this effect was sent: its answer is lost, and the next run of the step looks for it. */
  readonly diesAfter?: string;
}

export interface ActionBench {
  readonly test: TestDatabase;
  readonly github: FakeGitHub;
  readonly services: ActionServices;
  readonly catalogue: Catalogue<ActionServices>;
  /** Effects in the order in which they were sent or found. */
  readonly effects: { readonly effect: Effect; readonly how: "sent" | "found" }[];
  readonly logged: string[];
  readonly clock: { now: Date };
  newProject(repositoryUrl?: string): Promise<string>;
  run(name: string, input: unknown, facts?: StepFacts): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** All that actions use, real but for GitHub, which is the fake; and a ledger of effects in memory. */
export async function openActionBench(overrides: Partial<ActionServices> = {}): Promise<ActionBench> {
  const [test, github, catalogue] = await Promise.all([createTestDatabase(), startFakeGitHub(), loadCatalogue()]);
  const http = openHttpClient({ allowPrivate: "127.0.0.1" });
  const token = github.addToken({ login: "culprit" });
  const clock = { now: new Date() };
  const now = () => clock.now;
  const folder = join(mkdtempSync(join(tmpdir(), "culprit-actions-")), "repositories");
  mkdirSync(folder, { recursive: true });
  const { dataDir: _dataDir, ...repair } = repairDeps(test.database);
  const git = createGitRepositories({ folder, env: { PATH: process.env.PATH ?? "" } });
  const services = {
    ...repair,
    git,
    openRepository: openRepairRepositories(folder),
    database: test.database,
    queue: noQueue,
    log: createLog("silent"),
    http,
    integrations: { database: test.database, http, providers: new Map(), now } as unknown as IntegrationServices,
    openForge: async (_projectId: string, repository = "acme/shop") =>
      openGitHubForge({ http, auth: { kind: "token", token }, baseUrl: github.apiUrl, now, repository }),
    openPullRequestForge: async () =>
      githubPullRequests({
        ...{ http, auth: { kind: "token", token }, baseUrl: github.apiUrl, now },
        ...{ repository: "acme/shop", integrationId: null },
      }),
    openCheckout: openCheckouts(folder, { PATH: process.env.PATH ?? "" }),
    publicUrl: () => "https://culprit.example",
    settings: { proof: "off", investigationsPerMinute: 30, agent: null },
    lint: lintWithOxlint,
    schemaReader: schemaReader({ allowPrivate: "127.0.0.1" }),
    now,
    ...overrides,
  } as unknown as ActionServices;
  const effects: ActionBench["effects"] = [];
  const logged: string[] = [];
  const begun = new Map<string, EffectAnswer | null>();
  const contextOf = (facts: StepFacts, declared: string): ActionContext => ({
    executionId: facts.executionId ?? "execution",
    projectId: facts.projectId ?? "00000000-0000-7000-8000-000000000000",
    incidentId: facts.incidentId ?? null,
    workflow: { id: newId(), name: "a workflow", version: 1 },
    path: "step",
    event: facts.event ?? null,
    signal: new AbortController().signal,
    log: (level, message) => void logged.push(`${level} ${message}`),
    progress: (message) => void logged.push(message),
    effect: async (effect) => {
      if (guarantees.indexOf(effect.repeat) > guarantees.indexOf(declared))
        throw new Error(`an action that says ${declared} made an effect that is ${effect.repeat}`);
      const idempotencyKey = `${facts.executionId ?? "execution"}:step:${effect.key}`;
      const attempt = { idempotencyKey, signal: new AbortController().signal };
      const known = begun.get(idempotencyKey);
      if (known !== undefined && known !== null) return known;
      const found = begun.has(idempotencyKey) && effect.find !== undefined ? await effect.find(attempt) : null;
      begun.set(idempotencyKey, null);
      const answer = found ?? (await effect.send(attempt));
      effects.push({ effect, how: found === null ? "sent" : "found" });
      if (facts.diesAfter === effect.key) throw new Error("the process died");
      begun.set(idempotencyKey, answer);
      return answer;
    },
  });
  return {
    test,
    github,
    services,
    catalogue,
    effects,
    logged,
    clock,
    newProject: async (repositoryUrl) => {
      const { id } = await createProject(test.database.db, { name: `Shop ${newId()}` });
      if (repositoryUrl !== undefined) await registerRepository(services, { projectId: id, url: repositoryUrl });
      return id;
    },
    run: async (name, input, facts = {}) => {
      const action = catalogue.get(name);
      if (action === undefined) throw new Error(`there is no action ${name}`);
      return (await action.run(input, contextOf(facts, action.repeat), services)) as Record<string, unknown>;
    },
    close: async () => {
      await Promise.all([test.drop(), github.close()]);
    },
  };
}

/** What actions say of their effects, the strongest first. */
const guarantees = ["none", "idempotent", "lookup", "atMostOnce"];

/** Actions of this bench enqueue nothing. */
const noQueue = {
  enqueue: () => Promise.reject(new Error("an action enqueued something")),
} as unknown as Queue;
