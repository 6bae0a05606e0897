import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import type { Lint, LintFinding } from "../../domains/repair/lint-port.ts";

const timeoutMs = 20_000;
const outputBytesMax = 8 * 1024 * 1024;

const reportSchema = z.looseObject({
  diagnostics: z.array(
    z.looseObject({
      message: z.string(),
      code: z.string().optional(),
      filename: z.string(),
      labels: z.array(z.looseObject({ span: z.looseObject({ line: z.number().optional() }) })).default([]),
    }),
  ),
});

/** Lints with oxlint as a child process of its own, bounded in time and output, in a folder that holds nothing else. */
export const lintWithOxlint: Lint = async (files, config) => {
  const folder = await mkdtemp(join(tmpdir(), "culprit-lint-"));
  try {
    // Each file in a folder of its own: a name that leads out of it, or is the configuration's, does no harm.
    const placed = files.map(({ path, text }, index) => ({
      path,
      text,
      place: join("files", String(index), basename(path)),
    }));
    await writeFile(join(folder, "oxlint.json"), JSON.stringify(config));
    for (const { place, text } of placed) {
      await mkdir(join(folder, dirname(place)), { recursive: true });
      await writeFile(join(folder, place), text);
    }
    const output = await runOxlint(folder);
    const { diagnostics } = reportSchema.parse(JSON.parse(output));
    return diagnostics.flatMap(({ message, code, filename, labels }): LintFinding[] => {
      const file = placed.find(({ place }) => filename.replaceAll("\\", "/").endsWith(place));
      if (file === undefined) return [];
      return [{ path: file.path, rule: code ?? null, message, line: labels[0]?.span.line ?? null }];
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

function runOxlint(folder: string): Promise<string> {
  const manifest = createRequire(import.meta.url).resolve("oxlint/package.json");
  const args = [
    join(dirname(manifest), "bin/oxlint"),
    ...["--config", "oxlint.json", "--disable-nested-config", "--no-ignore", "--no-error-on-unmatched-pattern"],
    ...["--threads", "1", "--format", "json", "files"],
  ];
  return new Promise((resolve, reject) => {
    const options = {
      cwd: folder,
      env: { PATH: "" },
      timeout: timeoutMs,
      killSignal: "SIGKILL",
      maxBuffer: outputBytesMax,
    } as const;
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      // 1: it found errors, which is an answer.
      if (error === null || (error.code === 1 && stdout.trimStart().startsWith("{"))) resolve(stdout);
      else
        reject(
          new Error(
            `oxlint failed: ${error.killed ? `no answer within ${timeoutMs / 1000} s` : (stderr || stdout || error.message).slice(0, 500)}`,
            { cause: error },
          ),
        );
    });
  });
}
