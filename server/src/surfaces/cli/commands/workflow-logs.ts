import { setTimeout as delay } from "node:timers/promises";
import { listExecutionLogs, loadExecution } from "../../../domains/workflow/index.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import type { Command } from "../command.ts";

const PAGE = 500;
const LOOK_EVERY_MS = 500;

export const workflowLogs: Command = {
  name: "workflow logs",
  summary: "Print an execution's log and how it stands.",
  flags: {
    follow: { type: "boolean", doc: "Go on until the execution has ended." },
    q: { type: "string", doc: "Only lines with these words." },
    json: { type: "boolean", doc: "Print JSON, a line each." },
  },
  positionals: ["EXECUTION"],
  async run(ctx, { flags, words: [publicId = ""] }) {
    const { db } = await ctx.openDatabase();
    const executionId = fromPublicId("exec", publicId);
    const q = typeof flags.q === "string" ? flags.q : undefined;
    let cursor: string | undefined;
    for (;;) {
      // Looked at first: a line that comes with the end is then in the page after it.
      const { status, error_message: reason } = await loadExecution(db, executionId);
      const isOver = status !== "pending" && status !== "running";
      const page = await listExecutionLogs(db, { executionId, q, limit: PAGE, cursor });
      for (const line of page.items) {
        const { at, level, step, message } = line;
        ctx.print(
          flags.json === true
            ? JSON.stringify(line)
            : `${at} ${level.padEnd(7)} ${step === null ? "" : `${step}: `}${message}`,
        );
      }
      cursor = page.next_cursor ?? cursor;
      if (page.items.length === PAGE) continue;
      if (isOver || flags.follow !== true) {
        ctx.say(`${publicId} is ${status}${reason === null ? "." : `: ${reason}`}`);
        return status === "failed" || status === "timeout" ? 1 : 0;
      }
      await delay(LOOK_EVERY_MS);
    }
  },
};
