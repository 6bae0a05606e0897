import { execFileSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { configChangeInputSchema, deploymentInputSchema, type ErrorSignal, type StackFrame } from "@culprit/contract";
import { createProject } from "../../server/src/domains/access/index.ts";
import {
  postgresTopology,
  recordConfigChange,
  recordDeployment,
  registerRepository,
} from "../../server/src/domains/change/index.ts";
import { storeSignals, toStore } from "../../server/src/domains/incident/index.ts";
import {
  createRetrieval,
  exactVectors,
  HASHING_MODEL,
  hashingEmbedder,
  type InvestigationDeps,
  type Retrieval,
} from "../../server/src/domains/investigation/index.ts";
import { openPostgresTelemetry, type TelemetryStore } from "../../server/src/domains/telemetry/index.ts";
import type { Database } from "../../server/src/platform/db/open-database.ts";
import { createLog } from "../../server/src/platform/log/log.ts";
import { createGitRepositories } from "../../server/src/vendors/git/index.ts";
import { createTestDatabase } from "../database/create-test-database.ts";
import { plainSignal } from "./plain-signal.ts";

/** A project with a real git repository, a clock of its own, deployments and failures, for tests of the diagnosis. */
export interface Scenario {
  readonly deps: InvestigationDeps & { readonly database: Database };
  readonly projectId: string;
  /** Writes files (null deletes one), commits them, and gives the commit's id. */
  commit(message: string, files: Readonly<Record<string, string | null>>): string;
  /** Commits to a file of notes, that many times, a second apart. */
  commitMany(count: number): void;
  /** Deploys what was committed last, a minute later on the scenario's clock. */
  deploy(overrides?: object): Promise<void>;
  change(input: object): Promise<void>;
  /** A failure at the given place, half a minute later; gives the incident's id. */
  fail(failure: Failure): Promise<string>;
}

export interface Failure {
  readonly type: string;
  readonly message: string;
  /** `path:line` of each frame in the repository, failing call first; `marker` finds the line by its text at HEAD. */
  readonly frames: readonly {
    readonly path: string;
    readonly line: number;
    readonly fn?: string;
    readonly isInApp?: boolean;
  }[];
  readonly signal?: Partial<ErrorSignal>;
}

export interface ScenarioStage {
  readonly telemetry: TelemetryStore;
  readonly retrieval: Retrieval;
  scenario(options?: { isRegistered?: boolean; name?: string }): Promise<Scenario>;
  drop(): Promise<void>;
}

/** One database and one folder of mirrors for the scenarios of a test file; each scenario has its own project and repository. */
export async function openStage(): Promise<ScenarioStage> {
  const testDatabase = await createTestDatabase();
  const folder = mkdtempSync(join(tmpdir(), "culprit-scenario-"));
  const { database } = testDatabase;
  const telemetry = openPostgresTelemetry({
    ...{ database, log: createLog("silent"), now: () => new Date(), keepDays: 14, isFolding: false },
  });
  const retrieval = createRetrieval({
    database,
    index: exactVectors(database),
    embedders: () => hashingEmbedder(),
    localModel: HASHING_MODEL,
  });
  const deps: Scenario["deps"] = {
    ...{ database, telemetry, topology: postgresTopology(database), retrieval },
    git: createGitRepositories({ folder: join(folder, "mirrors") }),
  };
  return {
    telemetry,
    retrieval,
    scenario: ({ isRegistered = true, name = `p ${randomUUID()}` } = {}) =>
      newScenario(deps, mkdtempSync(join(folder, "repo-")), { isRegistered, name }),
    async drop() {
      await telemetry.close();
      await testDatabase.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The line of a text that holds `marker`, from 1. */
export function lineOf(text: string, marker: string): number {
  const at = text.split("\n").findIndex((line) => line.includes(marker));
  if (at < 0) throw new Error(`no line holds ${marker}`);
  return at + 1;
}

async function newScenario(
  deps: Scenario["deps"],
  repo: string,
  { isRegistered, name }: { readonly isRegistered: boolean; readonly name: string },
): Promise<Scenario> {
  const { id: projectId } = await createProject(deps.database.db, { name });
  const git = (args: readonly string[], env: Record<string, string> = {}) =>
    execFileSync(
      "git",
      ["-C", repo, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false", ...args],
      { encoding: "utf8", env: { ...process.env, ...env } },
    ).trim();
  git(["init", "-q", "-b", "main"]);
  let clock = Date.now() - 50 * 60_000;
  const tick = (s: number) => {
    clock += s * 1000;
    return new Date(clock);
  };
  return {
    deps,
    projectId,
    commit(message, files) {
      for (const [path, text] of Object.entries(files)) {
        const full = join(repo, path);
        if (text === null) rmSync(full);
        else {
          mkdirSync(dirname(full), { recursive: true });
          writeFileSync(full, text);
        }
      }
      const date = tick(30).toISOString();
      git(["add", "-A"]);
      git(["commit", "-q", "-m", message], { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date });
      return git(["rev-parse", "HEAD"]);
    },
    commitMany(count) {
      const person = () => `Ada <ada@example.com> ${Math.floor(tick(1).getTime() / 1000)} +0000`;
      const commits = Array.from({ length: count }, (_, at) => {
        const who = person();
        const from = at === 0 ? "from refs/heads/main^0\n" : "";
        return `commit refs/heads/main\nauthor ${who}\ncommitter ${who}\ndata <<E\nnote ${at}\nE\n${from}M 100644 inline notes.md\ndata <<E\n${at}\nE\n`;
      });
      execFileSync("git", ["-C", repo, "fast-import", "--quiet"], { input: commits.join("\n") });
      git(["reset", "-q", "--hard"]);
    },
    async deploy(overrides = {}) {
      if (isRegistered) await registerRepository(deps, { projectId, url: repo });
      const commit_sha = isRegistered ? git(["rev-parse", "HEAD"]) : null;
      const input = { service: "shop", commit_sha, started_at: tick(60).toISOString(), ...overrides };
      await recordDeployment(deps, { projectId, input: deploymentInputSchema.parse(input) });
    },
    async change(input) {
      await recordConfigChange(deps, {
        projectId,
        input: configChangeInputSchema.parse({ detected_at: tick(60).toISOString(), ...input }),
      });
    },
    async fail({ type, message, frames, signal }) {
      const at = tick(30);
      const stack = frames.map(
        (frame): StackFrame => ({
          file: `/srv/deploy/shop/${frame.path}`,
          function: frame.fn ?? "handler",
          line: frame.line,
          column: 5,
          isInApp: frame.isInApp ?? !frame.path.includes("node_modules"),
        }),
      );
      const event = plainSignal({
        exceptions: [{ type, message, frames: stack }],
        title: `${type}: ${message}`,
        occurredAt: at.toISOString(),
        runtime: "node",
        ...signal,
      });
      const hash = createHash("sha256").update(`${type}${message}`).digest();
      // Occurrences are kept by the day they were received, so that is now, as it was a moment ago.
      const item = toStore({
        projectId,
        signal: event,
        fingerprint: { version: 1, hash },
        receivedAt: new Date(Math.max(at.getTime(), Date.now() - 60_000)),
      });
      const { stored } = await deps.database.transaction((tx) => storeSignals(tx, [item], { payloadsPerIncident: 12 }));
      return stored[0]?.incidentId ?? "";
    },
  };
}
