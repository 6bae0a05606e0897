import type { WorkflowDefinition } from "@culprit/contract";
import { findWorkflow, loadVersion, startManually } from "../../../domains/workflow/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { fromPublicId, toPublicId } from "../../../platform/ids/ids.ts";
import { openQueue } from "../../../platform/queue/queue.ts";
import { chooseProject, projectFlag } from "../choose-project.ts";
import type { Command } from "../command.ts";
import { atTerminal } from "../workflow-text.ts";

const CLOSE_MS = 1000;

export const workflowRun: Command = {
  name: "workflow run",
  summary: "Start a workflow. The server or a worker carries it out; culprit workflow logs shows how far it is.",
  flags: {
    ...projectFlag,
    input: {
      type: "string",
      doc: "One input as KEY=VALUE, or all as a JSON object; more as KEY=VALUE after the name.",
    },
    incident: { type: "string", doc: "The incident it is about, inc_…" },
  },
  positionals: ["NAME", "[KEY=VALUE…]"],
  async run(ctx, { flags, words: [name = "", ...pairs] }) {
    const database = await ctx.openDatabase();
    const projectId = await chooseProject(database.db, flags.project);
    const { id, version } = await findWorkflow(database.db, { name, projectId });
    const { definition } = await loadVersion(database.db, id, version);
    const given = typeof flags.input === "string" ? [flags.input, ...pairs] : pairs;
    const inputs = Object.assign({}, ...given.map((text) => readInput(text, definition.inputs))) as Record<
      string,
      unknown
    >;
    const incidentId = typeof flags.incident === "string" ? fromPublicId("inc", flags.incident) : null;
    const queue = await openQueue(database, ctx.log);
    try {
      const request = { projectId, workflow: { id }, inputs, incidentId, by: atTerminal.name, installation: database };
      ctx.print(toPublicId("exec", await startManually(database, queue, request)));
    } finally {
      await queue.close(CLOSE_MS);
    }
    return 0;
  },
};

/** `limit=5` by the type that the workflow declares for it, or a JSON object. @throws CulpritError INVALID_REQUEST. */
export function readInput(text: string, declared: WorkflowDefinition["inputs"]): Record<string, unknown> {
  if (text.trimStart().startsWith("{")) return parsed(text, text) as Record<string, unknown>;
  const at = text.indexOf("=");
  if (at < 1) throw new CulpritError("INVALID_REQUEST", `An input is KEY=VALUE; it is ${JSON.stringify(text)}.`);
  const [name, value] = [text.slice(0, at), text.slice(at + 1)];
  const type = Object.hasOwn(declared, name) ? declared[name]?.type : undefined;
  return { [name]: type === undefined || type === "string" ? value : parsed(value, text) };
}

function parsed(json: string, whole: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new CulpritError(
      "INVALID_REQUEST",
      `${JSON.stringify(whole)} has no JSON value; a list is [1,2], a yes is true.`,
      { cause },
    );
  }
}
