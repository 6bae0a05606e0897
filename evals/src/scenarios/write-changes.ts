import type { CaseChange, CaseCommit } from "@culprit/contract";
import type { ChangeDraft } from "./fault.ts";
import { harmless, patches } from "./patches.ts";
import type { Random } from "./random.ts";
import type { Stage } from "./stage.ts";

/** The changes that everybody's day is full of, in healthy worlds as in others, and their commits; the plan's among them, in the order of time. */
export function writeChanges(
  stage: Stage,
  drafts: readonly ChangeDraft[],
  /** Components that did it, whom nothing else may be told of in those minutes: there would be no single answer. */
  culprits: ReadonlySet<string>,
  faultAtMs: number,
  endMs: number,
  random: Random,
): { changes: CaseChange[]; commits: CaseCommit[]; ids: ReadonlyMap<string, string> } {
  const services = stage.nodes.filter((node) => node.kind === "service");
  const all: ChangeDraft[] = [...drafts];
  const lastMinutes = (endMs - faultAtMs) / 60_000;
  const near = random.isTrue(0.3) ? 1 : 0;
  const many = random.whole(1, 5);
  const touched = new Set(drafts.map((draft) => draft.node));
  for (let at = 0; at < many + near; at++) {
    const minutes =
      at < near
        ? random.between(-14, Math.min(6, lastMinutes))
        : -Math.exp(random.between(Math.log(20), Math.log(700)));
    const node = random.pick(services);
    // What the plan touches is left alone shortly before: two changes of one service at once would have no single answer.
    if ((touched.has(node.index) || culprits.has(node.key)) && minutes > -90) continue;
    const kind = random.pick(["deployment", "deployment", "deployment", "config", "flag", "scaling"] as const);
    all.push(
      kind === "deployment"
        ? { kind, minutes, node: node.index, title: `${node.key} ${version(random)}`, patch: random.pick(harmless) }
        : kind === "config"
          ? {
              kind,
              minutes,
              node: node.index,
              title: `ConfigMap ${node.key}-settings`,
              fields: [harmlessField(random)],
            }
          : kind === "flag"
            ? {
                kind,
                minutes,
                node: node.index,
                title: `Flag ${random.pick(["new-banner", "beta-search", "dark-mode", "short-form"])}`,
                fields: [{ field: "enabled", old: "false", new: "true" }],
              }
            : {
                kind,
                minutes,
                node: node.index,
                title: `Scale ${node.key}`,
                fields: [{ field: "replicas", old: String(node.instances), new: String(node.instances + 1) }],
              },
    );
  }
  const ids = new Map<string, string>();
  const changes: { at: number; change: CaseChange }[] = [];
  const commits: { at: number; commit: CaseCommit }[] = [];
  for (const draft of random.shuffle(all)) {
    const node = draft.node === null ? undefined : stage.nodes[draft.node];
    const at = Math.round(faultAtMs + draft.minutes * 60_000);
    const id = `chg-${random.hex(8)}`;
    if (draft.id !== undefined) ids.set(draft.id, id);
    const isRelease = draft.kind === "deployment" || draft.kind === "rollback" || draft.kind === "migration";
    const sha = random.hex(40);
    const previous = random.hex(40);
    changes.push({
      at,
      change: {
        id,
        kind: draft.kind,
        at: new Date(at).toISOString(),
        component: node?.key ?? null,
        title: draft.title,
        actor: random.pick(["ci", "deploy-bot", "m.ruiz", "k.tanaka", "ops"]),
        previous_commit: isRelease ? previous : null,
        current_commit: isRelease ? sha : null,
        ...(draft.fields === undefined ? {} : { fields: [...draft.fields] }),
      },
    });
    if (!isRelease) continue;
    const topics = [
      draft.patch ?? "feature",
      ...Array.from({ length: random.whole(0, 2) }, () => random.pick(harmless)),
    ];
    random.shuffle(topics).forEach((topic, position) => {
      const patch = random.pick(patches[topic]);
      const authored = at - Math.round(random.between(10, 300)) * 60_000;
      const added = patch.lines.filter((line) => line.startsWith("+")).length;
      commits.push({
        at: authored,
        commit: {
          sha: position === 0 ? sha : random.hex(40),
          component: node?.key ?? null,
          author: random.pick(["m.ruiz", "k.tanaka", "a.okafor", "l.berg"]),
          authored_at: new Date(authored).toISOString(),
          subject: patch.subject,
          files: [
            {
              path: patch.path,
              added,
              removed: patch.lines.length - added,
              patch: `@@ -${random.whole(3, 90)},3 +${random.whole(3, 90)},4 @@\n${patch.lines.join("\n")}`,
            },
          ],
        },
      });
    });
  }
  return {
    changes: changes.sort((a, b) => a.at - b.at).map(({ change }) => change),
    commits: commits.sort((a, b) => a.at - b.at).map(({ commit }) => commit),
    ids,
  };
}

export function version(random: Random): string {
  return `${random.whole(1, 4)}.${random.whole(0, 40)}.${random.whole(0, 9)}`;
}

function harmlessField(random: Random): { field: string; old: string; new: string } {
  return random.pick([
    { field: "LOG_LEVEL", old: "info", new: "debug" },
    { field: "HTTP_TIMEOUT_MS", old: "3000", new: "4000" },
    { field: "CACHE_TTL_S", old: "300", new: "600" },
    { field: "POOL_SIZE", old: "20", new: "25" },
    { field: "BANNER_TEXT", old: "Spring", new: "Summer" },
    { field: "resources.limits.memory", old: "512Mi", new: "768Mi" },
  ]);
}
