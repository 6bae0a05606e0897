import type { IncidentDetail } from "@culprit/contract";
import { applyFix, checkFix, type FixApplied, type FixCheck } from "../../../domains/repair/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import type { Command } from "../command.ts";
import { KEY_VARIABLE, readIncident } from "../read-incident.ts";

export const fix: Command = {
  name: "fix",
  summary: "Show the patch of an incident in a checkout of yours, and apply it there with its regression test.",
  flags: {
    apply: { type: "boolean", doc: "Apply it (git apply --3way); files with changes of yours are left alone." },
    unproven: { type: "boolean", doc: "With --apply: also a patch whose proof is not green." },
    outdated: { type: "boolean", doc: "With --apply: also a patch of an earlier conclusion." },
    repo: { type: "string", doc: "Folder of the checkout; the current one unless said." },
    server: {
      type: "string",
      doc: `Address of Culprit, with an API key in ${KEY_VARIABLE}; the database of the settings unless said.`,
    },
    json: { type: "boolean", doc: "Print JSON." },
  },
  positionals: ["INCIDENT"],
  async run(ctx, { flags, words: [word = ""] }) {
    const checkout = await ctx.openCheckout(typeof flags.repo === "string" ? flags.repo : ".");
    const incident = await readIncident(ctx, word, flags.server);
    const found = await checkFix(checkout, incident);
    const proof = incident.autopsy?.proof ?? "not_run";
    const isJson = flags.json === true;
    if (!isJson) ctx.print(shown(incident, found));
    if (flags.apply !== true) {
      const why = await checkout.whyNot(found.patch);
      if (isJson) ctx.print(JSON.stringify({ ...answerOf(incident, found), applies: why === null, applied: null }));
      else
        ctx.print(
          why === null
            ? `${found.changed.length === 0 ? "It applies here" : "git can merge it here, and marks where it conflicts"}: run the command again with --apply.`
            : `It does not apply here as it is: ${why}`,
        );
      return why === null ? 0 : 1;
    }
    if (proof !== "green" && flags.unproven !== true)
      throw new CulpritError(
        "CONFLICT",
        `The patch is not proven (${incident.autopsy?.proof_reason ?? "no proof was run"}), so it was not applied. Read it, and say --unproven to apply it all the same.`,
      );
    const outdated = incident.autopsy?.outdated_reason ?? null;
    if (outdated !== null && flags.outdated !== true)
      throw new CulpritError(
        "CONFLICT",
        `The patch was not applied. ${outdated} Say --outdated to apply it all the same.`,
      );
    const applied = await applyFix(checkout, found);
    if (isJson) ctx.print(JSON.stringify({ ...answerOf(incident, found), applies: true, applied }));
    else ctx.print(appliedText(applied, found));
    return applied.conflicts.length === 0 ? 0 : 1;
  },
};

function answerOf(incident: IncidentDetail, found: FixCheck) {
  const { baseCommit: base_commit, files, standing, changed, patch, test } = found;
  const { proof, outdated_reason = null } = incident.autopsy ?? {};
  return { incident: incident.id, proof, outdated_reason, base_commit, standing, files, changed, patch, test };
}

function shown({ title, id, autopsy, verdict_summary: cause }: IncidentDetail, found: FixCheck): string[] {
  const words = { green: "proven", red: "NOT proven", not_run: "NOT proven: not run" }[autopsy?.proof ?? "not_run"];
  return [
    `${id}  ${title}`,
    ...(cause === null ? [] : [`cause     ${cause}`]),
    ...(autopsy?.outdated_reason == null ? [] : [autopsy.outdated_reason]),
    `patch     ${autopsy?.patch_kind ?? "patch"} by ${autopsy?.proposer ?? "nobody"} on ${found.baseCommit.slice(0, 12)}, ${words}. ${autopsy?.proof_reason ?? ""}`,
    ...(autopsy?.proof_steps ?? []).map(
      ({ outcome, name, duration_ms: ms }) => `  ${outcome.padEnd(8)} ${name} (${(ms / 1000).toFixed(1)} s)`,
    ),
    `checkout  ${standingText(found)}`,
    "",
    ...found.patch.trimEnd().split("\n"),
    ...(found.test === null ? [] : ["", ...found.test.trimEnd().split("\n")]),
    "",
  ];
}

function standingText({ standing, changed, baseCommit }: FixCheck): string {
  const short = baseCommit.slice(0, 12);
  if (standing === "same") return `at ${short}, the commit that failed`;
  const where =
    standing === "ahead"
      ? `later than ${short}, the commit that failed`
      : `not on a branch that holds ${short}, the commit that failed`;
  return changed.length === 0
    ? `${where}; the files of the patch are the same`
    : `${where}; changed since: ${changed.join(", ")}`;
}

function appliedText({ files, test, conflicts }: FixApplied, found: FixCheck): string[] {
  if (conflicts.length > 0)
    return [
      `Applied with conflicts in ${conflicts.join(", ")}: settle them as after a merge, or take them back with git checkout HEAD -- ${files.join(" ")}`,
    ];
  return [
    `Applied to ${files.join(", ")}.`,
    ...(test !== null
      ? [`Wrote the regression test ${test.join(", ")}.`]
      : found.test === null
        ? []
        : ["The regression test is there already, or does not fit beside what is."]),
    "Run your tests, then commit. To take it back: git restore --staged --worktree and the files.",
  ];
}
