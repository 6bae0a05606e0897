import type { PatchProposer } from "./propose-patches.ts";
import type { RepairContext } from "./repair-context.ts";
import { type AgentSetting, runAgent } from "./run-agent.ts";
import { emptyRun } from "./try-proposals.ts";
import { writeFixPrompt } from "./write-fix-prompt.ts";

const timeoutMs = 600_000;

/**
 * Asks the command-line agent that the installation has set up for a diff, once an incident, after the rules. What it says is a text
 * like any other: the gate takes it apart and the proof decides. An agent that fails, or says nothing, proposes nothing; so does one that the project did not allow (`draftWithAgent`).
 */
export function draftByAgent(agent: AgentSetting): PatchProposer {
  return async function* draft(ctx: RepairContext) {
    const { repairCase, base } = ctx;
    if (!repairCase.draftWithAgent) return;
    const prompt = await writeFixPrompt(repairCase, ctx, emptyRun(repairCase, "", "none", 0));
    const request = { projectId: repairCase.projectId, prompt, commit: base, timeoutMs };
    const outcome = await runAgent(ctx.deps, agent, request).catch((error: unknown) => String(error));
    if (typeof outcome === "string" || outcome.exitCode !== 0 || outcome.output.trim() === "") return;
    const explanation = "Drafted by the command-line agent that this installation has set up.";
    yield { proposer: "agent", kind: "fix" as const, diff: outcome.output, explanation };
  };
}
