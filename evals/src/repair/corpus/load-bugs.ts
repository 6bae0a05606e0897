import { readdirSync, readFileSync } from "node:fs";
import { type Bug, type BugCommit, type BugRequest, type Trigger, treeAt } from "./bug.ts";
import { applyReplacements, readStory, type StoryPart } from "./read-story.ts";

const projectsFolder = new URL("../projects/", import.meta.url);
const bugsFolder = new URL("../bugs/", import.meta.url);

/** Every bug of the corpus by name. Throws an Error that names the file and line of a story that makes no sense. */
export function loadBugs(): Bug[] {
  return readdirSync(bugsFolder)
    .filter((file) => file.endsWith(".txt"))
    .sort()
    .map((file) => named(`bugs/${file}`, () => readBug(file.replace(/\.txt$/, ""))));
}

function readBug(name: string): Bug {
  const parts = readStory(readFileSync(new URL(`${name}.txt`, bugsFolder), "utf8"));
  const project = restOf(parts, "project");
  const base = named(`projects/${project}.txt`, () =>
    readStory(readFileSync(new URL(`${project}.txt`, projectsFolder), "utf8")),
  );
  const commits: BugCommit[] = [];
  let culprit = -1;
  let repair: BugCommit["changes"] | null = null;
  const all = [...base, ...parts];
  for (const [at, part] of all.entries()) {
    if (!["commit", "culprit", "repair"].includes(part.word)) continue;
    const end = all.findIndex((other, index) => index > at && !["file", "edit", "delete"].includes(other.word));
    const changes = readChanges(all.slice(at + 1, end < 0 ? all.length : end), new Map(treeAt(commits)));
    if (part.word === "repair") {
      repair = changes;
      continue;
    }
    const [author = "", message = ""] = part.rest.split(" | ", 2);
    if (part.word === "culprit") culprit = commits.length;
    const body = part.text.trim();
    commits.push({ author, message: body === "" ? message : `${message}\n\n${body}`, changes });
  }
  if (culprit < 0 || repair === null) throw new Error("it names no culprit or no repair");
  const split = restOf(base, "split");
  if (split !== "dev" && split !== "kept") throw new Error(`its split is ${split}`);
  return {
    name,
    project,
    style: restOf(base, "style"),
    errorClass: restOf(parts, "class"),
    split,
    commits,
    culprit,
    trigger: readTrigger(parts),
    door: parts.some((part) => part.word === "door" && part.rest === "json") ? "json" : "sentry",
    isNew: parts.some((part) => part.word === "new"),
    oracle: partOf(parts, "oracle").text,
    repair,
  };
}

function readChanges(parts: readonly StoryPart[], tree: Map<string, string>): Map<string, string | null> {
  const changes = new Map<string, string | null>();
  for (const part of parts) {
    const before = changes.get(part.rest) ?? tree.get(part.rest);
    if (part.word === "file") changes.set(part.rest, part.text);
    else if (before === undefined || before === null) throw new Error(`line ${part.line}: there is no ${part.rest}`);
    else changes.set(part.rest, part.word === "delete" ? null : applyReplacements(before, part));
  }
  return changes;
}

function readTrigger(parts: readonly StoryPart[]): Trigger {
  const requests = parts.flatMap((part): BugRequest[] => {
    if (part.word !== "request") return [];
    const [method = "GET", path = "/"] = part.rest.split(" ", 2);
    return [{ method, path, body: part.text.trim() === "" ? null : part.text.trim() }];
  });
  if (requests.length > 0) return { kind: "requests", requests };
  const run = parts.find((part) => part.word === "run");
  if (run === undefined) return { kind: "script", source: partOf(parts, "script").text };
  const stdin = parts.find((part) => part.word === "stdin")?.text ?? "";
  return { kind: "command", words: run.rest.split(" "), stdin };
}

function restOf(parts: readonly StoryPart[], word: string): string {
  return partOf(parts, word).rest;
}

function partOf(parts: readonly StoryPart[], word: string): StoryPart {
  const part = parts.find((one) => one.word === word);
  if (part === undefined) throw new Error(`it has no @${word}`);
  return part;
}

function named<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : error}`);
  }
}
