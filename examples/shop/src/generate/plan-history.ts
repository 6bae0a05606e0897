import type { Episode } from "./episode.ts";
import type { Change } from "./faults/fault.ts";
import { growthSteps, packagesOfMarker, readTemplate, withFeatures } from "./growth.ts";
import type { HistoryWriter } from "./history-writer.ts";
import { ordinarySteps } from "./ordinary-steps.ts";
import type { Random } from "./random.ts";
import { formatStyles } from "./reformat.ts";
import { canApply, type Edit, locate } from "./source-tree.ts";
import { manifestEdits, packVendored, type VendoredPackage } from "./vendored.ts";

/** A release: the label of its commit in the history, and the names under which it is deployed. */
export interface Release {
  readonly label: string;
  readonly version: string;
  readonly tag: string;
}

export interface HistoryPlan {
  readonly releases: readonly Release[];
  /** A file that names the reformatting commit, wanted by `git blame`; written once that commit has its id. */
  readonly ignoreRevs: { readonly afterLabel: string } | null;
}

/**
 * Writes one shop's whole history: it grows feature by feature, is released twice, and then comes the range that is
 * deployed last, with the guilty commit among others. Labels: `release-1..3`, `guilty`, `innocent`, `move`, `reformat`.
 */
export function planHistory(writer: HistoryWriter, episode: Episode, serviceName: string, random: Random): HistoryPlan {
  const minor = 3 + random.int(9);
  const packages = new Map<string, VendoredPackage>();
  let version = `1.${minor - 1}.4`;
  const manifest = () => manifestEdits(writer.tree, { serviceName, version, packages: [...packages.values()] });

  grow(writer, random, packages, manifest);
  const steps = random.shuffle(ordinarySteps);
  const ordinary = (count: number) => {
    for (let done = 0; done < count; ) {
      const change = steps.shift();
      if (!change) return;
      if (!canApply(writer.tree, change.edits)) continue;
      writer.commit(change.message, change.edits);
      done += 1;
    }
  };
  const release = (index: number): Release => {
    version = `1.${minor + index - 1}.0`;
    const previous = writer.tree.files.get("CHANGELOG.md") ?? "";
    const notes: Edit = { file: "CHANGELOG.md", create: `## ${version}\n\nSee the commits.\n\n${String(previous)}` };
    const tag = `v${version}`;
    const label = `release-${index}`;
    const message = { kind: "chore", area: "release", text: `Release ${version}` } as const;
    writer.commit(message, [...manifest(), notes], { label, tag, isMessageFinal: true });
    return { label, version, tag };
  };

  ordinary(6 + random.int(3));
  const first = release(1);
  ordinary(5 + random.int(3));
  const second = release(2);

  const surroundings = chooseSurroundings(episode, random);
  const commitLabelled = (label: string, change: Change) => writer.commit(change.message, change.edits, { label });
  const reformatNow = () => {
    const file = locate(writer.tree, surroundings.reformatted, "") ?? surroundings.reformatted;
    writer.tree.styles.set(file, random.pick(formatStyles));
    writer.commit({ kind: "style", area: "repo", text: "Apply the new formatter settings" }, [], { label: "reformat" });
    if (surroundings.isInBlameIgnored) commitLabelled("ignore-revs", ignoreRevsChange);
  };

  ordinary(1 + random.int(3));
  if (surroundings.isReformattedEarly) reformatNow();
  ordinary(random.int(3));
  if (episode.guilty) commitLabelled("guilty", episode.guilty);
  if (episode.bump) {
    const before = packages.get(episode.bump.packageName);
    const after = packVendored(episode.bump.vendored);
    packages.set(after.name, after);
    const text = `Bump ${after.name} from ${before?.version} to ${after.version}`;
    writer.commit({ kind: "chore", area: "deps", text }, manifest(), { label: "guilty" });
  }
  ordinary(1 + random.int(2));
  commitLabelled("innocent", episode.innocent);
  if (surroundings.isMovedBeforeReformat || surroundings.isReformattedEarly) commitLabelled("move", surroundings.move);
  ordinary(random.int(3));
  if (!surroundings.isReformattedEarly) reformatNow();
  if (!surroundings.isMovedBeforeReformat && !surroundings.isReformattedEarly)
    commitLabelled("move", surroundings.move);
  ordinary(1 + random.int(3));
  const third = release(3);

  if (random.chance(0.5)) notYetDeployed(writer, episode);
  if (random.chance(0.5)) ordinary(1);
  return {
    releases: [first, second, third],
    ignoreRevs: surroundings.isInBlameIgnored ? { afterLabel: "reformat" } : null,
  };
}

/** Stands for the id of the reformatting commit until it is known. */
export const reformatPlaceholder = "0000000000000000000000000000000000000000";

const ignoreRevsChange: Change = {
  message: { kind: "chore", area: "repo", text: "Keep the formatter out of git blame" },
  edits: [{ file: ".git-blame-ignore-revs", create: `# Formatter settings\n${reformatPlaceholder}\n` }],
};

interface Surroundings {
  readonly move: Change;
  readonly reformatted: string;
  readonly isReformattedEarly: boolean;
  readonly isMovedBeforeReformat: boolean;
  readonly isInBlameIgnored: boolean;
}

/** In about a third of the histories the guilty lines themselves are moved or laid out anew after they were written. */
function chooseSurroundings(episode: Episode, random: Random): Surroundings {
  const { near } = episode;
  const isHard = episode.caseName === "bad-release" && random.chance(0.35);
  const harmlessMoves = near.moves.filter((move) => !move.isOfGuiltyLines);
  const hardMoves = near.moves.filter((move) => move.isOfGuiltyLines);
  const harmlessFiles = near.reformatted.filter((entry) => !entry.isOfGuiltyLines);
  const hardFiles = near.reformatted.filter((entry) => entry.isOfGuiltyLines);
  const isHardMove = isHard && hardMoves.length > 0 && random.chance(0.5);
  const isHardReformat = isHard && hardFiles.length > 0 && !isHardMove;
  return {
    move: random.pick(isHardMove ? hardMoves : harmlessMoves).change,
    reformatted: random.pick(isHardReformat ? hardFiles : harmlessFiles).file,
    isReformattedEarly: !isHardReformat && random.chance(0.4),
    isMovedBeforeReformat: random.chance(0.5),
    isInBlameIgnored: random.chance(0.35),
  };
}

/** The shop is built feature by feature, sometimes with its tests in a commit of their own. */
function grow(
  writer: HistoryWriter,
  random: Random,
  packages: Map<string, VendoredPackage>,
  manifest: () => Edit[],
): void {
  const template = readTemplate();
  const markers = new Set<string>();
  for (const step of growthSteps) {
    markers.add(step.marker);
    const vendored = packagesOfMarker[step.marker];
    if (vendored) {
      const item = packVendored(vendored);
      packages.set(item.name, item);
    }
    const hasOwnTestCommit = step.tests.length > 0 && random.chance(0.6);
    const create = (file: string): Edit => {
      const source = template.get(file);
      if (source === undefined) throw new Error(`the template has no ${file}`);
      return { file, create: withFeatures(source, markers) };
    };
    const grown = [...writer.tree.files.keys()].filter((file) => template.get(file)?.includes(`// @${step.marker}\n`));
    const files = [...step.files, ...grown.filter((file) => !step.files.includes(file))];
    const tests = step.tests.map(create);
    writer.commit(step.message, [...manifest(), ...files.map(create), ...(hasOwnTestCommit ? [] : tests)]);
    if (!hasOwnTestCommit) continue;
    writer.commit({ kind: "test", area: step.message.area, text: `Cover ${step.message.area} by tests` }, tests);
  }
}

/** A commit right at the failing line that is on the branch but was never deployed. */
function notYetDeployed(writer: HistoryWriter, episode: Episode): void {
  const spot = episode.thrownAt;
  const file = spot ? locate(writer.tree, spot.file, spot.text) : null;
  if (!spot || !file) return;
  const line = String(writer.tree.files.get(file))
    .split("\n")
    .find((text) => text.includes(spot.text));
  if (!line) return;
  const indent = /^ */.exec(line)?.[0] ?? "";
  const edits: Edit[] = [{ file, find: line, put: `${indent}// Also used by the nightly jobs.\n${line}` }];
  writer.commit({ kind: "docs", area: "jobs", text: "Note what the nightly jobs use" }, edits, {
    label: "not-deployed",
  });
}
