import { readFile } from "node:fs/promises";
import { runbookInputSchema } from "@culprit/contract";
import { listRunbooks, readRunbook, saveRunbook } from "../../../domains/investigation/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import { chooseProject, projectFlag } from "../choose-project.ts";
import type { Command } from "../command.ts";
import { withEngines } from "./engines.ts";

const LIST_MAX = 1000;

export const runbookAdd: Command = {
  name: "runbook add",
  summary: "Keep a Markdown file as a runbook, to be found for incidents; one of the same title is replaced.",
  flags: {
    ...projectFlag,
    title: { type: "string", doc: "Its title; without it that of the file's front matter or first heading." },
    service: { type: "string", doc: "The service that it is about, cluster/namespace/service." },
    tags: { type: "string", doc: "Words to find it by, separated by commas." },
    url: { type: "string", doc: "Where people read it." },
  },
  positionals: ["FILE"],
  async run(ctx, { flags, words: [file = ""] }) {
    const text = await readFile(file, "utf8").catch((cause: unknown) => {
      throw new CulpritError("INVALID_REQUEST", `${JSON.stringify(file)} can't be read: ${(cause as Error).message}`, {
        cause,
      });
    });
    const read = readRunbook(file, text);
    const input = runbookInputSchema.safeParse({
      ...{
        title: flags.title ?? read.title,
        content: read.content,
        service_key: flags.service ?? read.serviceKey ?? undefined,
      },
      ...{
        tags: typeof flags.tags === "string" ? flags.tags.split(",") : read.tags,
        source_url: flags.url ?? read.sourceUrl ?? undefined,
      },
    });
    if (!input.success)
      throw new CulpritError(
        "INVALID_REQUEST",
        `${file}: ${input.error.issues[0]?.path.join(".")} ${input.error.issues[0]?.message}`,
      );
    const { title, content, service_key, tags, source_url } = input.data;
    const database = await ctx.openDatabase();
    const projectId = await chooseProject(database.db, flags.project);
    return withEngines(ctx, async ({ retrieval }) => {
      const runbook = {
        title,
        content,
        serviceKey: service_key ?? null,
        tags,
        sourceUrl: source_url ?? null,
        repositoryPath: null,
      };
      ctx.print(
        `${toPublicId("rbk", await saveRunbook({ db: database.db, retrieval }, { projectId, runbook }))}  ${title}`,
      );
      return 0;
    });
  },
};

export const runbookList: Command = {
  name: "runbook list",
  summary: "List a project's runbooks.",
  flags: { ...projectFlag, json: { type: "boolean", doc: "Print JSON." } },
  positionals: [],
  async run(ctx, { flags }) {
    const { db } = await ctx.openDatabase();
    const runbooks = await listRunbooks(db, await chooseProject(db, flags.project), { limit: LIST_MAX });
    if (flags.json === true)
      ctx.print(JSON.stringify({ items: runbooks.map(({ id, ...one }) => ({ id: toPublicId("rbk", id), ...one })) }));
    else
      for (const { id, title, serviceKey, tags, repositoryPath } of runbooks)
        ctx.print(
          [toPublicId("rbk", id), title, serviceKey ?? "", tags.join(","), repositoryPath ?? "by the API"].join("  "),
        );
    if (runbooks.length === 0)
      ctx.say(
        "There is none yet. Keep one with: culprit runbook add FILE, or put it into docs/runbooks/ of the repository.",
      );
    return 0;
  },
};

export const runbookSync: Command = {
  name: "runbook sync",
  summary: "Read the runbooks of a project's repository (runbooks/, docs/runbooks/) again.",
  flags: projectFlag,
  positionals: [],
  async run(ctx, { flags }) {
    const { db } = await ctx.openDatabase();
    const projectId = await chooseProject(db, flags.project);
    return withEngines(ctx, async (engines) => {
      const count = await engines.syncRunbooks(projectId);
      ctx.print(
        count === null
          ? "The project has no repository that can be read."
          : `${count} runbooks stand in the repository.`,
      );
      return count === null ? 1 : 0;
    });
  },
};
