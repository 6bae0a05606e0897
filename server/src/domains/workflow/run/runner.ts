import { setTimeout as delay } from "node:timers/promises";
import type { WorkflowDefinition } from "@culprit/contract";
import { sql } from "kysely";
import { redactor } from "../../../platform/redact/redact.ts";
import { CheckpointWriter } from "./checkpoints.ts";
import { HeavyPlaces } from "./heavy-places.ts";
import { Journal, LeaseLost } from "./journal.ts";
import { type Claimed, claimExecutions, findForsaken, LEASE_S, renewLeases, workLeftMs } from "./leases.ts";
import { Definitions, loadIncidents, loadSecrets, loadSteps } from "./load-run.ts";
import { RanOver, Stopping } from "./outcome.ts";
import type { Run, RunnerDeps } from "./run.ts";
import { LAST_WORDS_S, runExecution } from "./run-execution.ts";
import { Semaphore } from "./semaphore.ts";

/** Executions that this process carries at once: most of them wait for the world outside. */
const SLOTS = 64;
const RENEW_MS = (LEASE_S * 1000) / 4;
const RECONCILE_MS = 2000;

interface Carried {
  readonly claimed: Claimed;
  readonly controller: AbortController;
  readonly run: Run;
}

/**
 * Carries executions on. The queue's jobs only say which; the rows are the truth: what a dead worker held is nobody's
 * when its lease is over, and whoever looks next takes it up.
 */
export class Runner<Services> {
  readonly #deps: RunnerDeps<Services>;
  readonly #writer: CheckpointWriter;
  readonly #definitions = new Definitions();
  readonly #heavy: HeavyPlaces;
  readonly #slots = new Semaphore(SLOTS);
  readonly #carried = new Map<string, Carried>();
  readonly #timers: NodeJS.Timeout[] = [];
  #running = new Set<Promise<void>>();
  #isStopping = false;

  constructor(deps: RunnerDeps<Services>) {
    this.#deps = deps;
    this.#writer = new CheckpointWriter(deps.database, deps.queue);
    this.#heavy = new HeavyPlaces(deps.heavyMax, (id) => this.#track(this.#wake(id)));
  }

  /** Begins to renew leases and to look for executions that nobody carries on. */
  start(): void {
    this.#repeat(RENEW_MS, () => this.#renew());
    this.#repeat(RECONCILE_MS, async () => {
      const room = this.#slots.free;
      if (room > 0 && !this.#isStopping) await this.take(await findForsaken(this.#deps.database.db, room));
    });
  }

  /** Takes up those of the executions that may go on now. Resolves when they are under lease, not when they are done. */
  take(ids: readonly string[]): Promise<void> {
    return this.#tracked(this.#take(ids));
  }

  async #take(ids: readonly string[]): Promise<void> {
    for (let from = 0; from < ids.length; ) {
      const places = await this.#slots.acquire(ids.length - from);
      await this.#takeSome(ids.slice(from, from + places));
      from += places;
    }
  }

  /** Something was said about executions: cancelled, paused. Looks at the ones it carries at once. */
  lookAgain(): Promise<void> {
    return this.#tracked(this.#renew());
  }

  /**
   * Stops: effects that are being made are finished, everything else is carried on by whoever comes next. Nothing asks the database any more when it resolves,
   * in time: what was being taken up when it was called is waited for, and handed on.
   */
  async close(timeoutMs: number): Promise<void> {
    this.#isStopping = true;
    this.#timers.forEach(clearTimeout);
    let isLate = false;
    const late = delay(timeoutMs, undefined, { ref: false }).then(() => {
      isLate = true;
    });
    for (const { run, controller } of this.#carried.values()) {
      const stop = () => controller.abort(new Stopping());
      if (run.effectsUnderWay.size === 0) stop();
      else void Promise.race([Promise.allSettled(run.effectsUnderWay), late]).then(stop);
    }
    while (this.#running.size > 0 && !isLate) await Promise.race([Promise.allSettled(this.#running), late]);
    await this.#writer.drain();
  }

  /** Takes up those of them that it can; a slot is held for each. */
  async #takeSome(ids: readonly string[]): Promise<void> {
    let claimed: readonly Claimed[] = [];
    try {
      if (!this.#isStopping)
        claimed = await claimExecutions(
          this.#deps.database,
          ids.filter((id) => !this.#carried.has(id)),
        );
    } finally {
      this.#slots.release(ids.length - claimed.length);
    }
    if (claimed.length === 0) return;
    const begun = this.#begin(claimed).catch((err: unknown) => {
      // The leases run out, and the executions are found again.
      this.#slots.release(claimed.length);
      this.#deps.log.error({ err, executions: claimed.length }, "executions could not be loaded");
    });
    this.#track(begun);
  }

  async #begin(claimed: readonly Claimed[]): Promise<void> {
    const { db } = this.#deps.database;
    const incidentIds = [...new Set(claimed.flatMap(({ incident_id }) => incident_id ?? []))];
    const [definitionOf, steps, incidents] = await Promise.all([
      this.#definitions.of(db, claimed),
      loadSteps(db, claimed),
      loadIncidents(db, incidentIds, this.#deps.publicUrl()),
    ]);
    for (const one of claimed) {
      const definition = definitionOf(one);
      const incident = one.incident_id === null ? null : (incidents.get(one.incident_id) ?? null);
      this.#track(
        this.#carry(one, definition, { steps: steps.get(one.id) ?? new Map(), incident }).finally(() =>
          this.#slots.release(1),
        ),
      );
    }
  }

  async #carry(
    claimed: Claimed,
    definition: WorkflowDefinition | undefined,
    loaded: Pick<Run, "incident"> & { steps: Run["rows"] },
  ): Promise<void> {
    const { log } = this.#deps;
    const controller = new AbortController();
    const startedAtMs = performance.now();
    const activeMs = () => Number(claimed.active_ms) + Math.round(performance.now() - startedAtMs);
    const run = this.#runOf(claimed, definition, loaded, controller.signal);
    if (definition === undefined) {
      const reason = `Version ${claimed.workflow_version} of ${claimed.workflow_name} is not stored, or this Culprit can't read it.`;
      const ending = { kind: "finished", status: "failed", activeMs: 0, reason, result: {} } as const;
      await run.journal.flush({ ending }).catch((err: unknown) => log.error({ err, executionId: claimed.id }, reason));
      return;
    }
    this.#carried.set(claimed.id, { claimed, controller, run });
    if (this.#isStopping) controller.abort(new Stopping());
    const { config } = definition;
    const leftMs = run.failing === null ? workLeftMs(config, Number(claimed.active_ms)) : LAST_WORDS_S * 1000;
    const timer = setTimeout(() => controller.abort(new RanOver(config.timeout)), leftMs);
    try {
      await runExecution(run, activeMs);
    } catch (err) {
      if (err instanceof Stopping)
        await run.journal
          .flush({ ending: { kind: "suspended", activeMs: activeMs(), wakeAt: this.#deps.now() } })
          .catch(() => {});
      else if (!(err instanceof LeaseLost))
        log.error({ err, executionId: claimed.id }, "an execution broke off and will be taken up again");
    } finally {
      clearTimeout(timer);
      run.journal.close();
      this.#carried.delete(claimed.id);
    }
  }

  #runOf(
    claimed: Claimed,
    definition: WorkflowDefinition | undefined,
    loaded: Pick<Run, "incident"> & { steps: Run["rows"] },
    signal: AbortSignal,
  ): Run {
    const { database, secretBox } = this.#deps;
    let secrets: ReturnType<Run["secrets"]> | undefined;
    let strike: <T>(value: T) => T = (value) => value;
    return {
      deps: this.#deps as RunnerDeps<unknown>,
      claimed,
      definition: definition ?? ({} as WorkflowDefinition),
      journal: new Journal(this.#writer, { executionId: claimed.id, token: claimed.token }, () => strike),
      signal,
      rows: loaded.steps,
      incident: loaded.incident,
      failing: claimed.result.failing ?? null,
      isPauseAsked: false,
      effectsUnderWay: new Set(),
      secrets: () => {
        secrets ??= loadSecrets(database.db, secretBox, claimed.project_id).then((values) => {
          strike = redactor(Object.values(values));
          return values;
        });
        return secrets;
      },
      redact: (value) => strike(value),
      heavy: this.#heavy,
    };
  }

  /** A heavy place is free: who sleeps for one goes on before its time. */
  async #wake(id: string): Promise<void> {
    if (this.#isStopping) return;
    try {
      await sql`UPDATE workflow_executions SET wake_at = now() WHERE id = ${id} AND is_waiting`.execute(
        this.#deps.database.db,
      );
      await this.take([id]);
    } catch (err) {
      this.#deps.log.warn({ err, executionId: id }, "an execution could not be woken; it wakes by itself");
    }
  }

  async #renew(): Promise<void> {
    const carried = [...this.#carried.values()];
    const held = await renewLeases(
      this.#deps.database.db,
      carried.map(({ claimed: { id, token } }) => ({ id, token })),
    );
    for (const { claimed, controller, run } of carried) {
      const lease = held.get(claimed.id);
      if (lease === undefined) controller.abort(new LeaseLost());
      else run.isPauseAsked = lease.isPaused;
    }
  }

  #track(work: Promise<void>): void {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }

  /** Work whose fault is the caller's to see. */
  #tracked(work: Promise<void>): Promise<void> {
    this.#track(work.catch(() => undefined));
    return work;
  }

  #repeat(ms: number, work: () => Promise<void>): void {
    let isRunning = false;
    const timer = setInterval(async () => {
      if (isRunning) return;
      isRunning = true;
      const worked = work().catch((err: unknown) =>
        this.#deps.log.warn({ err }, "the runner's upkeep failed and will be tried again"),
      );
      this.#track(worked);
      await worked;
      isRunning = false;
    }, ms);
    this.#timers.push(timer.unref());
  }
}
