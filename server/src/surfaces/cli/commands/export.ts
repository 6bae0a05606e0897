import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { exportFormats, exportQuerySchema } from "@culprit/contract";
import { loadHandover } from "../../../domains/repair/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { fromPublicId } from "../../../platform/ids/ids.ts";
import { exportIncident } from "../../export/export-incident.ts";
import { incidentDetail } from "../../http/incident-detail.ts";
import { runningUrlOf } from "../../public-url.ts";
import type { Command } from "../command.ts";

export const exportCommand: Command = {
  name: "export",
  summary: "Write an incident to a file: cause, evidence, patch and proof.",
  flags: {
    format: { type: "string", doc: `${exportFormats.join(", ")}; markdown unless said.` },
    to: { type: "string", doc: "The file; INCIDENT with the format's ending in the current folder unless said." },
    json: { type: "boolean", doc: "Print JSON." },
  },
  positionals: ["INCIDENT"],
  async run(ctx, { flags, words: [word = ""] }) {
    const { format } = exportQuerySchema.parse({ format: flags.format });
    const id = fromPublicId("inc", word);
    const database = await ctx.openDatabase();
    const incident = await incidentDetail({ database }, id, null);
    const handover = await loadHandover(database.db, id);
    const url = `${await runningUrlOf(ctx.config)}/incidents/${incident.id}`;
    const file = await exportIncident({ incident, handover, url, now: new Date() }, format);
    const to = resolve(typeof flags.to === "string" ? flags.to : file.name);
    await writeFile(to, file.body).catch((cause: NodeJS.ErrnoException) => {
      throw new CulpritError(
        "INVALID_REQUEST",
        `${to} can't be written (${cause.code ?? cause.message}). Name another file with --to.`,
        { details: { field: "to", provided: to }, cause },
      );
    });
    ctx.print(
      flags.json === true
        ? JSON.stringify({ file: to, format, bytes: file.body.length })
        : `wrote ${to}, ${file.body.length} bytes`,
    );
    return 0;
  },
};
