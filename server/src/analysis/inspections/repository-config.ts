import { configEdits } from "../world/config-edits.ts";
import { foldName } from "../world/message-facts.ts";
import { commitEvidence, type Inspected, valueStandsIn } from "./context.ts";
import type { Finding } from "./finding.ts";
import { readsSetting } from "./reads-setting.ts";

/** Settings in the repository that the range changes and that the failing code reads or the error names. */
export function repositoryConfig({ world, candidates }: Inspected): Finding[] {
  const message = world.incident.exceptions.map((one) => one.message).join(" ");
  return candidates.flatMap((commit) => {
    let best: Finding | null = null;
    for (const edit of configEdits(commit.files)) {
      const links: { weight: number; text: string }[] = [];
      if (valueStandsIn(edit.to, message)) links.push({ weight: 3.4, text: "the error shows its new value" });
      if (edit.key.length > 3 && message.split(/\W+/).some((word) => foldName(word) === foldName(edit.key)))
        links.push({ weight: 2.2, text: "the error names it" });
      const use = readsSetting(world, edit.key);
      if (use !== null) links.push({ weight: 2.6 * use.weight, text: `the failing code reads it (${use.where})` });
      const weight =
        (links.reduce((sum, link) => Math.max(sum, link.weight), 0) + 0.4 * Math.max(0, links.length - 1)) *
        // Names of columns stand everywhere; a row of data is tied to a failure by little.
        (edit.isSetting ? 1 : 0.4);
      if (links.length === 0 || (best !== null && best.weight >= weight)) continue;
      best = {
        inspection: "repository_config",
        subject: { kind: "commit", sha: commit.sha },
        weight,
        text: `it changes the setting ${edit.key} in ${edit.path}, and ${links.map((link) => link.text).join(", ")}`,
        evidence: commitEvidence(commit, [edit.path]),
        isDirect: edit.isSetting && (valueStandsIn(edit.to, message) || use?.isAtFailure === true),
        cause: "config",
      };
    }
    return best === null ? [] : [best];
  });
}
