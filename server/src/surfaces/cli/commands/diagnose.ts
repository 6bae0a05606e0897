import { diagnose as diagnoseWorld } from "../../../analysis/diagnose.ts";
import { signalsOfWorld } from "../../../analysis/ranking/signals-of-world.ts";
import { worldOfObservations } from "../../../analysis/world/world-of-observations.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { caseFormatOf, caseFormats, readCase } from "../../../vendors/case-files/index.ts";
import { caseAnswerOf, caseAnswerText } from "../case-diagnosis.ts";
import type { Command } from "../command.ts";

export const diagnose: Command = {
  name: "diagnose",
  summary: "Say what caused the trouble that a folder of plain files tells of; no server needed.",
  flags: {
    format: { type: "string", doc: `Layout of the files: ${caseFormats.join(", ")}; told from the files unless said.` },
    json: { type: "boolean", doc: "Print JSON, one line for each folder." },
    signals: { type: "boolean", doc: "With --json: every alternative, with the numbers that it was weighed by." },
  },
  positionals: ["CASE_DIR…"],
  async run(ctx, { flags, words }) {
    const format = typeof flags.format === "string" ? caseFormatOf(flags.format) : null;
    let code = 0;
    for (const [at, folder] of words.entries()) {
      const startedAt = performance.now();
      const read = await readCase(folder, format).catch(refusal);
      if (read instanceof CulpritError) {
        // One bad folder among many does not keep the others from their answers.
        if (words.length === 1 && flags.json !== true) throw read;
        code = 1;
        if (flags.json === true)
          ctx.print(JSON.stringify({ case: folder, error: { code: read.code, message: read.message } }));
        else
          for (const line of [...(at === 0 ? [] : [""]), `${folder}: ${read.code}: ${read.message}`]) ctx.print(line);
        continue;
      }
      const { observations } = read;
      const world = worldOfObservations(observations);
      const answer = caseAnswerOf(folder, diagnoseWorld(world), (performance.now() - startedAt) / 1000);
      if (flags.json === true)
        ctx.print(JSON.stringify(flags.signals === true ? { ...answer, signals: signalsOfWorld(world) } : answer));
      else for (const line of [...(at === 0 ? [] : [""]), ...caseAnswerText(answer)]) ctx.print(line);
    }
    return code;
  },
};

/** What is wrong with a folder; anything else is a fault of the program and goes on. */
function refusal(thrown: unknown): CulpritError {
  if (thrown instanceof CulpritError) return thrown;
  throw thrown;
}
