import { parseDefinition } from "../../../domains/workflow/index.ts";
import { loadCatalogue } from "../../actions/load-catalogue.ts";
import type { Command } from "../command.ts";
import { problemLines, readWorkflowFile } from "../workflow-text.ts";

export const workflowValidate: Command = {
  name: "workflow validate",
  summary: "Check workflow files without a database; files that run each other are given together.",
  flags: { json: { type: "boolean", doc: "Print JSON." } },
  positionals: ["FILE", "[FILE…]"],
  async run(ctx, { flags, words }) {
    const actions = await loadCatalogue();
    const texts = words.map((file) => ({ file, text: readWorkflowFile(file) }));
    const others = new Map(
      texts.flatMap(({ text }) => {
        const { definition } = parseDefinition(text, { actions, others: null });
        return definition === null ? [] : [[definition.name, definition] as const];
      }),
    );
    const checked = texts.map(({ file, text }) => {
      const { definition, problems } = parseDefinition(text, { actions, others });
      const isValid = definition !== null && problems.every(({ severity }) => severity === "warning");
      return { file, is_valid: isValid, problems };
    });
    if (flags.json === true) ctx.print(JSON.stringify({ files: checked }));
    else {
      for (const { file, is_valid: isValid, problems } of checked) {
        for (const line of problemLines(file, problems)) ctx.print(line);
        if (isValid) ctx.print(`${file} is valid.`);
      }
    }
    return checked.every(({ is_valid: isValid }) => isValid) ? 0 : 1;
  },
};
