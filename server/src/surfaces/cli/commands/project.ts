import { projectInputSchema } from "@culprit/contract";
import {
  createProject,
  listProjects,
  type ProjectSetting,
  projectNumbers,
  projectSettings,
  setProjectSetting,
} from "../../../domains/access/index.ts";
import { CulpritError } from "../../../platform/errors/culprit-error.ts";
import { projectReply } from "../../project-reply.ts";
import type { Command } from "../command.ts";
import { serverUrl } from "../server-url.ts";

export const projectCreate: Command = {
  name: "project create",
  isFirst: true,
  summary: "Create a project and print its keys, once.",
  flags: {
    name: { type: "string", doc: "The project's name." },
    json: { type: "boolean", doc: "Print JSON." },
  },
  positionals: ["[NAME]"],
  async run(ctx, { flags, words }) {
    const name = flags.name ?? words[0];
    if (name === undefined)
      throw new CulpritError("INVALID_REQUEST", "A project needs a name: culprit project create NAME");
    const parsed = projectInputSchema.safeParse({ name });
    if (!parsed.success)
      throw new CulpritError(
        "INVALID_REQUEST",
        `A project's name ${parsed.error.issues[0]?.message}; it is ${JSON.stringify(name)}. Say culprit project create NAME`,
      );
    const { db } = await ctx.openDatabase();
    const url = await serverUrl(ctx);
    const reply = projectReply(await createProject(db, parsed.data), url);
    if (flags.json === true) ctx.print(JSON.stringify(reply));
    else for (const [key, value] of Object.entries(reply)) ctx.print(`${key.padEnd(12)}${value}`);
    return 0;
  },
};

export const projectList: Command = {
  name: "project list",
  summary: "List the projects.",
  flags: { json: { type: "boolean", doc: "Print JSON." } },
  positionals: [],
  async run(ctx, { flags }) {
    const { db } = await ctx.openDatabase();
    const projects = await listProjects(db);
    if (flags.json === true) ctx.print(JSON.stringify({ projects }));
    else
      for (const { id, name, incident_count: count, repository } of projects)
        ctx.print(
          `${id}  ${name}  ${count === 1000 ? "1000 or more" : count} incidents  ${repository ?? "no repository"}`,
        );
    if (projects.length === 0) ctx.say("There is no project yet. Make one with: culprit project create NAME");
    return 0;
  },
};

export const projectSet: Command = {
  name: "project set",
  summary: `Set what a project says beyond the defaults: ${[...Object.keys(projectSettings), ...Object.keys(projectNumbers)].join(", ")}.`,
  flags: {},
  positionals: ["PROJECT", "SETTING", "VALUE"],
  async run(ctx, { words }) {
    const [project = "", setting = "", text = ""] = words;
    const all: Readonly<Record<string, string>> = { ...projectSettings, ...projectNumbers };
    const known = (Object.keys(all) as ProjectSetting[]).find((name) => name === setting);
    const isNumber = setting in projectNumbers;
    const value =
      isNumber && /^[1-9]\d{0,6}$/.test(text)
        ? Number(text)
        : ["true", "false"].includes(text)
          ? text === "true"
          : null;
    if (known === undefined || value === null || isNumber !== (typeof value === "number")) {
      const what =
        known === undefined
          ? `There is no setting ${JSON.stringify(setting)}`
          : `The value is ${JSON.stringify(text)}, not ${isNumber ? "a whole number above 0" : "true or false"}`;
      const lines = Object.entries(all).map(([name, words]) => `  ${name}: ${words}`);
      throw new CulpritError(
        "INVALID_REQUEST",
        `${what}. Say culprit project set PROJECT SETTING VALUE, with true or false or a number for one of\n${lines.join("\n")}`,
      );
    }
    const { db } = await ctx.openDatabase();
    ctx.print(JSON.stringify(await setProjectSetting(db, { project, setting: known, value })));
    return 0;
  },
};
