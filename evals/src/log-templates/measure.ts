import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { groupingAccuracy } from "./grouping-accuracy.ts";
import { readCsv } from "./read-csv.ts";

const root = resolve(import.meta.dirname, "../../..");
const rowSchema = z.object({ line: z.number(), template_id: z.string() });

/** How well one log was grouped. */
export interface LogGrouping {
  readonly name: string;
  readonly lines: number;
  readonly trueTemplates: number;
  readonly templates: number;
  readonly accuracy: number;
  readonly seconds: number;
}

/**
 * Runs `culprit templates --json`, as a user does, on each log of a folder (`<name>/*_structured.csv` with the columns Content and EventId, as
 * loghub publishes them) and compares the groups. All logs have the one setting that everybody gets.
 */
export async function measureLogTemplates(folder: string): Promise<LogGrouping[]> {
  const work = await mkdtemp(join(tmpdir(), "culprit-eval-"));
  try {
    const measured: LogGrouping[] = [];
    for (const name of (await readdir(folder)).sort()) {
      const file = (await readdir(join(folder, name))).find((entry) => entry.endsWith("_structured.csv"));
      if (file === undefined) continue;
      const rows = readCsv(await readFile(join(folder, name, file), "utf8"));
      const log = join(work, `${name}.log`);
      await writeFile(log, rows.map((row) => `${row.Content ?? ""}\n`).join(""));
      const started = performance.now();
      const found = await groupLines(log);
      const truth = rows.map((row) => row.EventId ?? "");
      measured.push({
        name,
        lines: rows.length,
        trueTemplates: new Set(truth).size,
        templates: new Set(found).size,
        accuracy: groupingAccuracy(found, truth),
        seconds: (performance.now() - started) / 1000,
      });
    }
    return measured;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function groupLines(log: string): Promise<string[]> {
  const args = [join(root, "server/src/culprit.js"), "templates", log, "--json"];
  return new Promise((done, fail) => {
    execFile(process.execPath, args, { maxBuffer: 256 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error !== null) fail(new Error(`culprit templates failed: ${stderr.trim() || error.message}`));
      else
        done(
          stdout
            .trimEnd()
            .split("\n")
            .map((row) => rowSchema.parse(JSON.parse(row)).template_id),
        );
    });
  });
}
