import { blameCommits } from "../../../domains/investigation/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { Command } from "../command.ts";

export const blame: Command = {
  name: "blame",
  summary: "Rank the commits that may have broken the given lines, from git alone.",
  flags: {
    repo: { type: "string", doc: "Folder of the repository; the current one unless said." },
    commit: { type: "string", doc: "The revision that ran; HEAD unless said. Later commits are not looked at." },
    frames: { type: "string", doc: "Failing lines, FILE:LINE with commas between." },
    json: { type: "boolean", doc: "Print JSON." },
    signals: { type: "boolean", doc: "With --json: every commit looked at, with the numbers that it was ranked by." },
  },
  positionals: [],
  async run(ctx, { flags }) {
    const text = (name: string, otherwise: string) => (typeof flags[name] === "string" ? flags[name] : otherwise);
    const repository = await ctx.openRepository(text("repo", "."));
    const answer = await blameCommits({
      repository,
      commit: text("commit", "HEAD"),
      frames: parseFrames(text("frames", "")),
      withSignals: flags.signals === true,
    });
    if (flags.json === true) ctx.print(JSON.stringify(answer));
    else {
      for (const warning of answer.warnings) ctx.say(`culprit: ${warning}`);
      for (const { sha, score, reasons } of answer.commits.slice(0, 10))
        ctx.print(`${sha.slice(0, 12)} ${score.toFixed(3)} ${reasons.join("; ")}`);
      const close = closeToFirst(answer.commits);
      if (answer.commits.length === 0) ctx.print("No commit has touched these lines or their file.");
      else if (close > 1)
        ctx.print(`A close call: the first ${close} are nearly equal. Read their changes before you blame one.`);
    }
    return 0;
  },
};

/** How many lead together: their scores, which are shares of one, are within a quarter of the first. */
export function closeToFirst(commits: readonly { readonly score: number }[]): number {
  const top = commits[0]?.score ?? 0;
  return commits.filter(({ score }) => score >= 0.75 * top).length;
}

/** `src/a.js:12,src/b.js:3`; a comma inside a path stays where no line number precedes it. */
function parseFrames(text: string): { file: string; line: number }[] {
  const frames = [...text.matchAll(/(?:^|,)\s*(.+?):(\d{1,9})(?::\d+)?(?=\s*(?:,|$))/g)].map((match) => ({
    file: match[1] ?? "",
    line: Number(match[2]),
  }));
  if (frames.length === 0) {
    throw new CulpritError(
      "INVALID_REQUEST",
      `--frames ${text === "" ? "is missing" : `is ${JSON.stringify(text)}`}. Say which lines failed: --frames FILE:LINE,FILE:LINE`,
      {
        details: { field: "frames", provided: text },
      },
    );
  }
  return frames;
}
