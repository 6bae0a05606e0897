import { createHash, randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type Kysely, sql } from "kysely";
import { createProject } from "../../server/src/domains/access/index.ts";
import { storeSignals, toStore } from "../../server/src/domains/incident/index.ts";
import { createIntegration, type IntegrationServices } from "../../server/src/domains/integration/index.ts";
import {
  dispatchEvents,
  emitEvent,
  type ReadyFile,
  Runner,
  readReadyWorkflows,
  setSecret,
  startManually,
  takeReadyWorkflow,
} from "../../server/src/domains/workflow/index.ts";
import { culpritItself } from "../../server/src/platform/db/audit-log.ts";
import type { Database } from "../../server/src/platform/db/open-database.ts";
import type { DB } from "../../server/src/platform/db/tables.generated.ts";
import type { HttpClient } from "../../server/src/platform/http-client/http-client.ts";
import { newId } from "../../server/src/platform/ids/ids.ts";
import type { Queue } from "../../server/src/platform/queue/queue.ts";
import { openSecretBox } from "../../server/src/platform/secrets/open-secret-box.ts";
import type { ActionServices } from "../../server/src/surfaces/actions/action-services.ts";
import { headOf } from "../../server/src/vendors/github/event-head.ts";
import { forgeOpener } from "../../server/src/vendors/github/open-forge.ts";
import { withGitHub } from "../../server/src/vendors/providers.ts";
import {
  type FakeAnswer,
  type FakeRequest,
  type FakeVendor,
  startFakeVendor,
} from "../../server/src/vendors/start-fake-vendor.ts";
import { type ActionBench, openActionBench } from "../actions/action-bench.ts";
import type { FakeRepository } from "../fakes/github/repository.ts";
import { plainSignal } from "../scenario/plain-signal.ts";

/** What arrived at the other end of the webhook integration. */
export interface ArrivedMessage {
  readonly type: string;
  readonly title: string;
  readonly text: string;
  readonly updates?: string;
}

/** A step as it is stored. */
export interface StoredStep {
  readonly path: string;
  readonly status: string;
  readonly output: unknown;
  readonly reason: string | null;
}

/** The real engine over one database: dispatcher, runner, actions, integrations; fakes only at the vendors' edge. */
export interface Stage {
  readonly db: Kysely<DB>;
  readonly ready: readonly ReadyFile[];
  readonly bench: ActionBench;
  readonly integrations: IntegrationServices;
  /** Where messages arrive; `/broken` answers 500. */
  readonly vendorUrl: string;
  newProject(): Promise<Scene>;
  /** The clock that `later` moves on. */
  now(): Date;
  close(): Promise<void>;
}

/** One project with a repository at the fake GitHub and a place where messages arrive. */
export interface Scene {
  readonly projectId: string;
  readonly repository: FakeRepository;
  readonly messages: () => readonly ArrivedMessage[];
  addChannels(): Promise<void>;
  /** Calls of Slack's web API: the method and what it was given. Of all scenes. */
  readonly slackCalls: () => readonly { readonly method: string; readonly body: Readonly<Record<string, unknown>> }[];
  take(name: string): Promise<void>;
  /** An event as GitHub's webhook makes it; `more` is added to the payload. */
  github(event: string, more: Readonly<Record<string, unknown>>): Promise<void>;
  emit(type: string, payload: Readonly<Record<string, unknown>>, incidentId?: string): Promise<void>;
  openIncident(parts?: { readonly severity?: string; readonly title?: string }): Promise<string>;
  /** Keeps a secret of the project. */
  secret(name: string, value: string): Promise<void>;
  start(name: string, inputs?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Runs until nothing is left to do but wait. */
  settle(): Promise<void>;
  /** Lets time pass for everything that waits. */
  later(seconds: number): Promise<void>;
  executions(): Promise<readonly { readonly id: string; readonly status: string; readonly reason: string | null }[]>;
  /** By execution, then as the workflow has them. */
  steps(): Promise<readonly StoredStep[]>;
  /** Why triggers ran or did not, oldest first. */
  ledger(): Promise<readonly string[]>;
}

const settleMs = 30_000;

/** Any place for messages, and as much of Slack's web API as channels need: https://docs.slack.dev/reference/methods */
function fakeAnswers(): (request: FakeRequest) => FakeAnswer {
  const channels: { id: string; name: unknown; is_archived: boolean }[] = [];
  return ({ path, json }) => {
    if (!path.startsWith("/api/")) return { status: path === "/broken" ? 500 : 200, body: {} };
    const body = (json ?? {}) as Readonly<Record<string, unknown>>;
    const channel = channels.find(({ id }) => id === body.channel);
    const ok = (more: object = {}) => ({ status: 200, body: { ok: true, ...more } });
    switch (path) {
      case "/api/conversations.create":
        if (channels.some(({ name }) => name === body.name))
          return { status: 200, body: { ok: false, error: "name_taken" } };
        channels.push({ id: `C00000000${channels.length}`, name: body.name, is_archived: false });
        return ok({ channel: channels.at(-1) });
      case "/api/conversations.list":
        return ok({ channels, response_metadata: { next_cursor: "" } });
      case "/api/conversations.archive":
      case "/api/conversations.unarchive":
        if (channel !== undefined) channel.is_archived = path.endsWith(".archive");
        return ok();
      case "/api/chat.postMessage":
        return ok({ channel: body.channel, ts: "1.2" });
      default:
        return ok();
    }
  };
}

/** `more` are services that only some tests need, such as an investigation's, made for the stage's database and clock. */
export async function openStage(
  more: (database: Database, now: () => Date) => Partial<ActionServices> = () => ({}),
): Promise<Stage> {
  const vendor: FakeVendor = await startFakeVendor(fakeAnswers());
  const idle = async () => undefined;
  const queue = { enqueue: idle, enqueueMany: idle, work: idle, workInBatches: idle, close: idle } as unknown as Queue;
  const bench = await openActionBench({ queue });
  const { database } = bench.test;
  const secretBox = openSecretBox({ secret: randomBytes(32).toString("base64url"), dataDir: "/nowhere" });
  let skippedMs = 0;
  const now = () => new Date(Date.now() + skippedMs);
  const noApp = () => Promise.reject(new Error("no app here"));
  const { publicUrl, log } = bench.services;
  const http: HttpClient = {
    request: (request) =>
      bench.services.http.request({ ...request, url: request.url.replace("https://slack.com", vendor.url) }),
  };
  const storePolicy = { payloadsPerIncident: 5 };
  const providers = withGitHub(noApp);
  const integrations: IntegrationServices = {
    database,
    queue,
    http,
    providers,
    secretBox,
    log,
    publicUrl,
    storePolicy,
    now,
  };
  const services: ActionServices = {
    ...bench.services,
    http,
    queue,
    integrations,
    openForge: forgeOpener(integrations, noApp),
    now,
    ...more(database, now),
  };
  const runner = new Runner({
    database,
    queue,
    log,
    catalogue: bench.catalogue,
    services,
    secretBox,
    publicUrl,
    now,
    heavyMax: 2,
  });
  runner.start();
  const ready = readReadyWorkflows(bench.catalogue);

  async function newProject(): Promise<Scene> {
    skippedMs = 0;
    const { id: projectId } = await createProject(database.db, { name: `Shop ${newId()}` });
    const repository = bench.github.addRepository("acme", `shop-${newId()}`, {
      "README.md": "# Shop\n",
      "src/a.ts": "export const a = 1;\n",
    });
    const path = `/messages/${projectId}`;
    let order: readonly string[] = [];
    await createIntegration(integrations, database, culpritItself, {
      projectId,
      type: "webhook",
      name: "team chat",
      config: { title: "team chat" },
      credentials: { secret: "0123456789abcdef", url: `${vendor.url}${path}` },
    });
    await createIntegration(integrations, database, culpritItself, {
      projectId,
      type: "github",
      name: "forge",
      config: { repositories: [repository.fullName], base_url: bench.github.apiUrl },
      credentials: { token: bench.github.addToken({ login: "culprit" }) },
    });
    const openExecutions = async () => {
      const { rows } = await sql<{ id: string }>`
        SELECT id FROM workflow_executions WHERE project_id = ${projectId} AND (status = 'pending' OR status = 'running' AND NOT is_waiting
          OR status = 'running' AND wake_at <= now())`.execute(database.db);
      return rows.map(({ id }) => id);
    };
    const scene: Scene = {
      projectId,
      repository,
      messages: () =>
        vendor.requests.filter((request) => request.path === path).map(({ json }) => json as ArrivedMessage),
      addChannels: async () => {
        await createIntegration(integrations, database, culpritItself, {
          projectId,
          type: "axolo",
          name: "channels",
          config: { channel: "C0123456789", people: { octocat: "U0000000OCT" } },
          credentials: { bot_token: "xoxb-17653672481-19874698323", signing_secret: "0123456789abcdef" },
        });
      },
      slackCalls: () =>
        vendor.requests.flatMap(({ path: called, json }) =>
          called.startsWith("/api/") ? [{ method: called.slice(5), body: json as Record<string, unknown> }] : [],
        ),
      take: async (name) => {
        order = ready.find(({ definition }) => definition.name === name)?.definition.steps.map(({ id }) => id) ?? [];
        await takeReadyWorkflow(database, bench.catalogue, ready, {
          projectId,
          name,
          status: "active",
          by: culpritItself,
        });
      },
      github: async (event, more) => {
        const payload = {
          repository: { full_name: repository.fullName, default_branch: "main" },
          sender: { login: "octocat", type: "User" },
          ...more,
        };
        const head = headOf(event, payload);
        const type = head.action === null ? event : `${event}.${head.action}`;
        await scene.emit(type, { ...head, payload });
      },
      emit: async (type, payload, incidentId) => {
        await database.transaction((tx) =>
          emitEvent(tx, { projectId, type, subject: null, payload, incidentId: incidentId ?? null }),
        );
        await scene.settle();
      },
      openIncident: async ({ severity = "high", title = "TypeError: x of undefined" } = {}) => {
        const hash = createHash("sha256").update(newId()).digest();
        const signal = {
          ...plainSignal({ title, service: "cart", environment: "production" }),
          severity: severity as "high",
        };
        const item = toStore({ projectId, signal, fingerprint: { version: 1, hash }, receivedAt: new Date() });
        const { stored } = await database.transaction((tx) => storeSignals(tx, [item], storePolicy));
        await scene.settle();
        return stored[0]?.incidentId ?? "";
      },
      secret: (name, value) => setSecret(database, secretBox, { projectId, name, value, by: culpritItself }),
      start: async (name, inputs = {}) => {
        await startManually(database, queue, { projectId, workflow: { name }, inputs, incidentId: null, by: "ada" });
        await scene.settle();
      },
      settle: async () => {
        const until = performance.now() + settleMs;
        for (;;) {
          const matched = await dispatchEvents({ database, queue, publicUrl }, projectId);
          const open = await openExecutions();
          if (matched === 0 && open.length === 0) return;
          if (performance.now() > until) throw new Error(`not settled: ${JSON.stringify(await scene.steps())}`);
          await runner.take(open);
          await delay(20);
        }
      },
      later: async (seconds) => {
        skippedMs += seconds * 1000;
        await sql`UPDATE workflow_executions SET wake_at = now() - interval '1 second' WHERE project_id = ${projectId} AND wake_at IS NOT NULL
          AND wake_at <= ${now()}`.execute(database.db);
        await scene.settle();
      },
      executions: async () => {
        const { rows } = await sql<{ id: string; status: string; reason: string | null }>`
          SELECT id, status, error_message AS reason FROM workflow_executions WHERE project_id = ${projectId} ORDER BY started_at, id`.execute(
          database.db,
        );
        return rows;
      },
      steps: async () => {
        const { rows } = await sql<StoredStep & { readonly execution: number }>`
          SELECT s.path, s.status, s.output, s.reason, dense_rank() OVER (ORDER BY e.started_at, e.id)::int AS execution FROM execution_steps s JOIN workflow_executions e ON e.id = s.execution_id
          WHERE s.project_id = ${projectId} ORDER BY e.started_at, e.id, s.started_at, s.path`.execute(database.db);
        const place = ({ path }: StoredStep) => order.findIndex((id) => path === id || path.startsWith(`${id}[`));
        return rows
          .sort((a, b) => a.execution - b.execution || place(a) - place(b))
          .map(({ execution: _, ...step }) => step);
      },
      ledger: async () => {
        const { rows } = await sql<{ outcome: string; reason: string }>`
          SELECT outcome, reason FROM trigger_ledger WHERE project_id = ${projectId} ORDER BY ledger_id`.execute(
          database.db,
        );
        return rows.map(({ outcome, reason }) => `${outcome}: ${reason}`);
      },
    };
    return scene;
  }

  return {
    db: database.db,
    ready,
    bench,
    integrations,
    vendorUrl: vendor.url,
    newProject,
    now,
    close: async () => {
      await runner.close(5000);
      await vendor.close();
      await bench.close();
    },
  };
}
