import type { CheckFinding } from "@culprit/contract";
import { findFaults } from "../../../domains/upkeep/index.ts";
import type { Command } from "../command.ts";

export const dbCheck: Command = {
  name: "db check",
  summary:
    "Look for what is wrong with the database or soon will be; exits with 1 where something is high or critical.",
  flags: { json: { type: "boolean", doc: "Print JSON." } },
  positionals: [],
  async run(ctx, { flags }) {
    const findings = await findFaults({ database: await ctx.openDatabase(), now: () => new Date() });
    if (flags.json === true) ctx.print(JSON.stringify({ findings }));
    else if (findings.length === 0) ctx.print("Nothing was found.");
    else for (const finding of findings) ctx.print(findingText(finding));
    return findings.some(({ severity }) => severity === "critical" || severity === "high") ? 1 : 0;
  },
};

function findingText({ severity, title, detail, remedy }: CheckFinding): string[] {
  return [`${severity.toUpperCase()}  ${title}`, `  ${detail}`, `  What to do: ${remedy}`];
}
