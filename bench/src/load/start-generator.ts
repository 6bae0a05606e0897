import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { FromGenerator, Phase, PhaseResult, ToGenerator } from "./phase.ts";

/** The load generator's process. */
export interface Generator {
  readonly pid: number;
  /** Makes the requests of a phase ready; nothing is sent yet. */
  prepare(phase: Phase): Promise<void>;
  /** Sends what was prepared, until its time or count is over. */
  go(): Promise<PhaseResult>;
  stop(): void;
}

export function startGenerator(): Generator {
  const child = fork(fileURLToPath(new URL("./generator.ts", import.meta.url)), { stdio: ["ignore", 2, 2, "ipc"] });
  const ask = (message: ToGenerator): Promise<FromGenerator> => {
    const { promise, resolve, reject } = Promise.withResolvers<FromGenerator>();
    const onExit = (code: number | null) => reject(new Error(`the load generator ended with ${code}`));
    child.once("exit", onExit);
    child.once("message", (answer) => {
      child.off("exit", onExit);
      resolve(answer as FromGenerator);
    });
    child.send(message);
    return promise;
  };
  return {
    pid: child.pid ?? 0,
    async prepare(phase) {
      await ask({ prepare: phase });
    },
    async go() {
      const answer = await ask({ go: true });
      if (!("result" in answer)) throw new Error("the load generator answered out of turn");
      return answer.result;
    },
    stop: () => void child.kill("SIGKILL"),
  };
}
