import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type CulpritProcess, startCulprit } from "../../../../examples/shop/src/demo/culprit-process.ts";
import { type BlameCase, casesSchema } from "../../blame/cases.ts";
import { dataRoot } from "../../diagnosis/data-root.ts";
import { openProjects } from "../play/create-projects.ts";
import { runCommand } from "../play/run-command.ts";
import { type CaseResult, endedEarly, playCase } from "./play-case.ts";
import { renderCases, summarizeCases } from "./render-cases.ts";

const root = resolve(import.meta.dirname, "../../../..");

/**
 * `npm run eval -- repair --real [--data DIR|FILE] [--repos DIR] [--case ID]…`: real bugs of public repositories, with the tests of the commit that
 * repaired them as the oracle. Needs bubblewrap, npm with a registry, and clones under `--repos` as owner/name. Fails for a proven patch that
 * is wrong, and where nothing could be played; a project that doesn't install is no failure, only listed.
 */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      real: { type: "boolean" },
      data: { type: "string" },
      repos: { type: "string" },
      case: { type: "string", multiple: true },
    },
  });
  const data = resolve(values.data ?? join(dataRoot(undefined), "guilty-commit"));
  const file = data.endsWith(".json") ? data : join(data, "cases.json");
  if (!existsSync(file)) {
    console.log(
      `${file} is not there. Say where the cases are: --data DIR with cases.json (evals/src/blame/cases.ts).`,
    );
    return 1;
  }
  if ((await runCommand(["bwrap", "--version"], { folder: tmpdir() })).exitCode !== 0) {
    console.log("bubblewrap (bwrap) is not there, and code of other people is run nowhere else.");
    return 1;
  }
  const all = casesSchema.parse(JSON.parse(await readFile(file, "utf8")));
  const cases = all.filter(({ id }) => values.case?.includes(id) ?? true);
  const folders = [...(values.repos === undefined ? [] : [resolve(values.repos)]), resolve(root, "../.mirror")];
  const results = await playCases(cases, folders);
  console.log(`\n${renderCases(results)}`);
  const summary = summarizeCases(results);
  console.log(JSON.stringify(summary));
  return results.length === 0 || summary.wrong_green > 0 ? 1 : 0;
}

async function playCases(cases: readonly BlameCase[], folders: readonly string[]): Promise<CaseResult[]> {
  const folder = await mkdtemp(join(tmpdir(), "culprit-real-"));
  const stops: (() => Promise<void>)[] = [];
  const abort = new AbortController();
  const onInterrupt = () => abort.abort();
  process.once("SIGINT", onInterrupt);
  let started: Promise<Pick<CulpritProcess, "url" | "createProject">> | undefined;
  const start = async () => {
    const culprit = await startCulprit(folder, 0, (stop) => stops.push(stop));
    return { url: culprit.url, createProject: await openProjects(culprit) };
  };
  const culprit = () => {
    started ??= start();
    return started;
  };
  const results: CaseResult[] = [];
  try {
    for (const one of cases) {
      if (abort.signal.aborted) break;
      const result = await playCase(one, { folders, folder, culprit, signal: abort.signal }).catch((error: unknown) =>
        endedEarly(one.id, `it broke off: ${error instanceof Error ? error.message : error}`),
      );
      results.push(result);
      console.log(
        `${result.id}: ${result.reason === "" ? "proven and right" : result.reason.replace(/\s+/g, " ").slice(0, 300)}`,
      );
      // Packages of one project are hundreds of megabytes.
      await rm(join(folder, one.id, "packages"), { recursive: true, force: true });
    }
  } finally {
    process.off("SIGINT", onInterrupt);
    for (const stop of stops.reverse()) await stop();
    await rm(folder, { recursive: true, force: true });
  }
  return results;
}
