import type { Kysely } from "kysely";
import { parse } from "yaml";
import type { DB } from "../../../../platform/db/tables.generated.ts";
import type { GitRepository } from "../../../change/index.ts";
import type { Retrieval } from "../retrieval-port.ts";
import { type RunbookInput, removeRunbook, saveRunbook } from "./runbooks.ts";

const FILES_MAX = 500;

/** Whether a file of a repository is a runbook: Markdown in `runbooks/` or `docs/runbooks/`. */
export function isRunbookPath(path: string): boolean {
  return /^(docs\/)?runbooks\/.+\.(md|markdown)$/i.test(path);
}

/**
 * Takes the runbooks of a repository as they are at a commit, the first 500 by path; those whose file is gone go too. `title`, `service`, `tags`
 * and `url` stand in front matter; the title is else the first heading, else the file's name. @returns how many there are.
 */
export async function syncRunbooks(
  deps: { readonly db: Kysely<DB>; readonly retrieval: Retrieval },
  { projectId, git, commit }: { readonly projectId: string; readonly git: GitRepository; readonly commit: string },
): Promise<number> {
  const paths = (await git.listFiles(commit)).filter(isRunbookPath).sort().slice(0, FILES_MAX);
  const files = await git.readFiles(commit, paths);
  for (const path of paths) {
    const text = files.get(path);
    if (text != null) await saveRunbook(deps, { projectId, runbook: readRunbook(path, text) });
  }
  const kept = await deps.db
    .selectFrom("runbooks")
    .select(["runbook_id", "repository_path"])
    .where("project_id", "=", projectId)
    .where("repository_path", "is not", null)
    .execute();
  for (const { runbook_id: id, repository_path: path } of kept)
    if (path !== null && files.get(path) == null) await removeRunbook(deps, { projectId, id });
  return paths.length;
}

/** A runbook as its file tells it. Front matter that can't be read is left in the text. */
export function readRunbook(path: string, text: string): RunbookInput {
  const [, front = "", body] = /^---\r?\n([\s\S]*?)\r?\n---\r?\n([\s\S]*)$/.exec(text) ?? [];
  const fields = body === undefined ? {} : readFields(front);
  const content = fields === null || body === undefined ? text : body;
  const word = (value: unknown) => (typeof value === "string" && value.trim() !== "" ? value.trim() : null);
  const tags = Array.isArray(fields?.tags)
    ? fields.tags
    : typeof fields?.tags === "string"
      ? fields.tags.split(",")
      : [];
  const heading = /^ {0,3}#{1,6}\s+(.+?)\s*#*\s*$/m.exec(content)?.[1];
  return {
    title: (
      word(fields?.title) ??
      heading ??
      path
        .split("/")
        .at(-1)
        ?.replace(/\.\w+$/, "") ??
      path
    ).slice(0, 300),
    content,
    serviceKey: word(fields?.service_key) ?? word(fields?.service),
    tags: tags
      .map((tag: unknown) => String(tag).trim())
      .filter((tag: string) => tag !== "")
      .slice(0, 50),
    sourceUrl: word(fields?.url) ?? word(fields?.source_url),
    repositoryPath: path,
  };
}

function readFields(front: string): Record<string, unknown> | null {
  try {
    const fields: unknown = parse(front);
    return typeof fields === "object" && fields !== null && !Array.isArray(fields)
      ? (fields as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
