import { type Replay, replayConfirmed, replayIncident } from "../../../domains/investigation/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { fromPublicId, toPublicId } from "../../../platform/ids/ids.ts";
import type { Command } from "../command.ts";

export const replay: Command = {
  name: "replay",
  summary: "Ask this engine again about what an investigation was given, and show what changed.",
  flags: {
    revision: { type: "string", doc: "Which investigation of the incident; the newest unless said." },
    confirmed: { type: "boolean", doc: "All incidents whose cause people confirmed: how many this engine gets right." },
    json: { type: "boolean", doc: "Print JSON, one line for each incident." },
  },
  positionals: ["[INCIDENT]"],
  async run(ctx, { flags, words }) {
    const { db } = await ctx.openDatabase();
    const [word] = words;
    if (flags.confirmed === true) {
      let [count, were, are] = [0, 0, 0];
      for await (const one of replayConfirmed(db, { projectId: null })) {
        count += 1;
        were += one.wasRight ? 1 : 0;
        are += one.isRight ? 1 : 0;
        if (flags.json === true)
          ctx.print(
            JSON.stringify({
              ...wire(one.replay),
              confirmed: one.confirmed,
              was_right: one.wasRight,
              is_right: one.isRight,
            }),
          );
        else
          ctx.print(
            `${toPublicId("inc", one.incidentId)} ${one.isRight ? "right" : "WRONG"}${one.wasRight === one.isRight ? "" : one.wasRight ? " (was right)" : " (was wrong)"}: ${one.replay.after.top?.title ?? "no answer"}; people confirmed ${one.confirmed}`,
          );
      }
      const share = (part: number) => (count === 0 ? "none" : (part / count).toFixed(2));
      const line = `top-1 against what people confirmed: ${are} of ${count} (${share(are)}); when they were investigated ${were} of ${count} (${share(were)})`;
      if (flags.json === true) ctx.say(line);
      else ctx.print(count === 0 ? "No incident with a confirmed cause has a kept world yet." : line);
      return are < were ? 1 : 0;
    }
    if (word === undefined)
      throw new CulpritError("INVALID_REQUEST", "Say which incident: culprit replay inc_…, or --confirmed for all.");
    const revision = typeof flags.revision === "string" ? Number(flags.revision) : undefined;
    if (revision !== undefined && (!Number.isInteger(revision) || revision < 1))
      throw new CulpritError("INVALID_REQUEST", "--revision is a whole number from 1.");
    const answer = await replayIncident(db, { incidentId: fromPublicId("inc", word), revision });
    if (flags.json === true) ctx.print(JSON.stringify(wire(answer)));
    else {
      ctx.print(`${word}, revision ${answer.revision} of ${answer.storedAt}${answer.isCut ? " (world cut)" : ""}`);
      ctx.print(`then (${answer.engineThen}): ${answer.before.verdict} — ${answer.before.summary}`);
      ctx.print(`now  (${answer.engineNow}): ${answer.after.verdict} — ${answer.after.summary}`);
      ctx.print(answer.changed);
    }
    return 0;
  },
};

function wire(answer: Replay) {
  const { incidentId, revision, storedAt, engineThen, engineNow, isCut, before, after, isSame, changed, diagnosis } =
    answer;
  const side = ({ culpritCommit, ...rest }: Replay["after"]) => ({ ...rest, culprit_commit: culpritCommit });
  return {
    incident_id: toPublicId("inc", incidentId),
    revision,
    stored_at: storedAt,
    engine_then: engineThen,
    engine_now: engineNow,
    is_cut: isCut,
    is_same: isSame,
    changed,
    before: side(before),
    after: side(after),
    missing: diagnosis.missing,
  };
}
