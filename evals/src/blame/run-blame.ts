import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { z } from "zod";
import { type BlameCase, framesOf } from "./cases.ts";

const root = resolve(import.meta.dirname, "../../..");
const answerSchema = z.object({
  commits: z.array(
    z.object({
      sha: z.string(),
      score: z.number(),
      reasons: z.array(z.string()),
      signals: z.record(z.string(), z.number()).optional(),
    }),
  ),
});
export type BlamedCommits = z.infer<typeof answerSchema>["commits"];

/**
 * What `culprit blame` says of a case, as a user gets it; null where the repository lacks the commit. `flags` are added to the command.
 * @throws Error when the command fails in another way, or takes over a minute
 */
export function runBlame(gitDir: string, one: BlameCase, flags: readonly string[] = []): Promise<BlamedCommits | null> {
  const frames = framesOf(one)
    .map(({ file, line }) => `${file}:${line}`)
    .join(",");
  const command = [join(root, "server/src/culprit.js"), "blame", "--repo", gitDir, "--commit", one.base_commit];
  const args = [...command, "--frames", frames, "--json", ...flags];
  return new Promise((done, fail) => {
    execFile(process.execPath, args, { timeout: 60_000, maxBuffer: 8 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) done(answerSchema.parse(JSON.parse(stdout)).commits);
      else if (stderr.includes("has no commit")) done(null);
      else fail(new Error(`culprit blame failed on ${one.id}: ${stderr.trim() || error.message}`));
    });
  });
}
