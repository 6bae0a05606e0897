interface Step {
  readonly at: string;
  readonly step: string | null;
  readonly level: string;
  readonly message: string;
}

export interface StepGroup {
  readonly name: string;
  readonly at: string;
  /** Of the group's last entry minus its first; null while only one entry is there. */
  readonly durationMs: number | null;
  readonly level: "info" | "warn" | "error";
  readonly messages: readonly string[];
}

const bare = new Set(["started", "finished"]);

/** Entries of an execution's log by step: those that follow each other under one name become one group. */
export function groupSteps(steps: readonly Step[]): readonly StepGroup[] {
  const runs: Step[][] = [];
  for (const step of steps) {
    const run = runs.at(-1);
    if (run && run[0]?.step === step.step) run.push(step);
    else runs.push([step]);
  }
  return runs.flatMap((run) => {
    const [first] = run;
    const last = run.at(-1);
    if (!first || !last) return [];
    const levels = run.map(({ level }) => level.toLowerCase());
    return [
      {
        name: first.step ?? first.level.toLowerCase(),
        at: first.at,
        durationMs: run.length > 1 ? Math.max(0, Date.parse(last.at) - Date.parse(first.at)) : null,
        level: levels.includes("error") ? "error" : levels.includes("warn") ? "warn" : "info",
        messages: run.map(({ message }) => message).filter((message) => !bare.has(message)),
      },
    ];
  });
}
