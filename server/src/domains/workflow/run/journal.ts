import { storableJson } from "../../../platform/db/storable-json.ts";
import type { LogLevel } from "../action.ts";
import type { Checkpoint, CheckpointWriter, LogLine, StepRow } from "./checkpoints.ts";

/** How long a line or a step's state may wait for the next checkpoint, in ms: what a person watches is not older. */
const LINGER_MS = 100;
const MESSAGE_MAX = 4000;

/** The lease was lost: cancelled, or another worker carries it on. Nothing more may be done for this execution. */
export class LeaseLost extends Error {
  constructor() {
    super("The lease was lost: the execution was cancelled, or another worker carries it on.");
    this.name = "LeaseLost";
  }
}

/**
 * What one execution has to tell its database. Steps and lines gather until the next checkpoint, so that a step which
 * begins and ends in between costs one write; writes of one execution follow each other.
 */
export class Journal {
  readonly #writer: CheckpointWriter;
  readonly #held: { readonly executionId: string; readonly token: string };
  readonly #redact: () => <T>(value: T) => T;
  #steps = new Map<string, StepRow>();
  #logs: LogLine[] = [];
  #last: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;

  constructor(
    writer: CheckpointWriter,
    held: { readonly executionId: string; readonly token: string },
    redact: () => <T>(value: T) => T,
  ) {
    this.#writer = writer;
    this.#held = held;
    this.#redact = redact;
  }

  put(step: StepRow): void {
    this.#steps.set(step.path, storableJson(step));
    this.#soon();
  }

  log(level: LogLevel, path: string | null, message: string, metadata: Readonly<Record<string, unknown>> = {}): void {
    // Struck out before it is cut: half a secret is one, too.
    const line = this.#redact()({ level, message, metadata, path, at: new Date().toISOString() });
    this.#logs.push(storableJson({ ...line, message: line.message.slice(0, MESSAGE_MAX) }));
    this.#soon();
  }

  /** Writes what has gathered, and `more`. @throws LeaseLost, or what the database threw. */
  flush(more: Pick<Checkpoint, "also" | "ending" | "failing" | "retries"> = {}): Promise<void> {
    this.close();
    const [steps, logs] = [[...this.#steps.values()], this.#logs];
    [this.#steps, this.#logs] = [new Map(), []];
    const written = this.#last.then(async () => {
      if (!(await this.#writer.write({ ...this.#held, steps, logs, ...more }))) throw new LeaseLost();
    });
    this.#last = written;
    return written;
  }

  /** Forgets what was to be written later. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      // Whoever waits for the next checkpoint is told of a failure there.
      this.flush().catch(() => {});
    }, LINGER_MS).unref();
  }
}
