/** The execution goes to sleep. `wakeAt` null: until somebody comes, not at a time. */
export class Suspended extends Error {
  readonly wakeAt: Date | null;
  constructor(wakeAt: Date | null) {
    super("The execution waits.");
    this.name = "Suspended";
    this.wakeAt = wakeAt;
  }
}

/** A step failed for good, and nothing says to go on without it. */
export class StepFailed extends Error {
  readonly step: string;
  readonly reason: string;
  constructor(step: string, reason: string) {
    super(`${step}: ${reason}`);
    this.name = "StepFailed";
    this.step = step;
    this.reason = reason;
  }
}

/** The whole execution worked for longer than its workflow allows. */
export class RanOver extends Error {
  constructor(seconds: number) {
    super(`It worked for ${seconds} s, which is its timeout.`);
    this.name = "RanOver";
  }
}

/** The process stops; another one, or the next start, carries on. */
export class Stopping extends Error {
  constructor() {
    super("The worker is stopping.");
    this.name = "Stopping";
  }
}

export function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
