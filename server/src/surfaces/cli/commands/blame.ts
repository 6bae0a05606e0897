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
  },
  positionals: [],
  async run(ctx, { flags }) {
    const text = (name: string, otherwise: string) => (typeof flags[name] === "string" ? flags[name] : otherwise);
    const repository = await ctx.openRepository(text("repo", "."));
    const answer = await blameCommits({
      repository,
      commit: text("commit", "HEAD"),
      frames: parseFrames(text("frames", "")),
    });
    if (flags.json === true) ctx.print(JSON.stringify(answer));
    else
      for (const { sha, score, reasons } of answer.commits.slice(0, 10))
        ctx.print(`${sha.slice(0, 12)} ${score.toFixed(3)} ${reasons.join("; ")}`);
    return 0;
  },
};

/** `src/a.js:12,src/b.js:3`; a comma inside a path stays where no line number precedes it. */
function parseFrames(text: string): { file: string; line: number }[] {
  const frames = [...text.matchAll(/(?:^|,)\s*(.+?):(\d{1,9})(?::\d+)?(?=\s*(?:,|$))/g)].map((match) => ({
    file: match[1] ?? "",
    line: Number(match[2]),
  }));
  if (frames.length === 0) {
    throw new CulpritError("INVALID_REQUEST", "Say which lines failed: --frames FILE:LINE,FILE:LINE", {
      details: { field: "frames", provided: text },
    });
  }
  return frames;
}
