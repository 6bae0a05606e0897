import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { LedgerOrder, LedgerState, ToLedger } from "./ledger.ts";

/** The ledger's process. */
export interface Sender {
  state(): Promise<LedgerState>;
  /** Waits until everything is acknowledged and the ids are in `file`. */
  finish(file: string, withinMs: number): Promise<LedgerState>;
  stop(): void;
}

export function startSender(order: LedgerOrder): Sender {
  const child = fork(fileURLToPath(new URL("./sender.ts", import.meta.url)), { stdio: ["ignore", 2, 2, "ipc"] });
  const tell = (message: ToLedger) => void child.send(message);
  tell({ begin: order });
  const state = (): Promise<LedgerState> => {
    const { promise, resolve, reject } = Promise.withResolvers<LedgerState>();
    const onExit = () => reject(new Error("the sender has ended"));
    child.once("exit", onExit);
    child.once("message", (answer) => {
      child.off("exit", onExit);
      resolve(answer as LedgerState);
    });
    tell({ ask: "state" });
    return promise;
  };
  return {
    state,
    async finish(file, withinMs) {
      const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
      const timer = setTimeout(() => child.kill("SIGKILL"), withinMs);
      const last = await state();
      tell({ finish: file });
      await ended;
      clearTimeout(timer);
      if (child.exitCode !== 0) throw new Error(`not everything was acknowledged within ${withinMs / 1000} s`);
      return last;
    },
    stop: () => void child.kill("SIGKILL"),
  };
}
