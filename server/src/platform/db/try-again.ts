/** SQLSTATEs of what may well succeed the next time. */
export const states = {
  serializationFailure: "40001",
  deadlock: "40P01",
  lockNotAvailable: "55P03",
  foreignKeyViolation: "23503",
} as const;

/**
 * Runs a transaction again, at once, while it fails with one of the given states. After `triesMax` tries it throws what the
 * last one threw, or gives what `otherwise` gives.
 */
export async function tryAgain<T>(
  attempt: (tried: number) => Promise<T>,
  on: {
    readonly states: readonly (typeof states)[keyof typeof states][];
    readonly triesMax: number;
    readonly otherwise?: () => T;
  },
): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt(tried);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : null;
      if (!on.states.some((state) => state === code)) throw error;
      if (tried < on.triesMax) continue;
      if (on.otherwise === undefined) throw error;
      return on.otherwise();
    }
  }
}
