import { z } from "zod";
import { lockfileDrift } from "../../analysis/upkeep/lockfile-drift.ts";
import { readWorkspace } from "../../domains/change/index.ts";
import { action } from "./action-services.ts";

export default action({
  name: "check_lockfile_drift",
  title: "Compare the lock file with package.json",
  summary:
    "Finds dependencies of which package.json and package-lock.json say something different, in every folder that has both: there npm ci refuses.",
  group: "code",
  input: z.strictObject({
    repository_url: z
      .string()
      .min(1)
      .max(2000)
      .optional()
      .describe("A repository of the project. Left out: its newest."),
    revision: z.string().min(1).max(200).optional().describe("A branch, tag or commit. Left out: the default branch."),
  }),
  output: z.object({
    has_drift: z.boolean(),
    drifts: z.array(
      z.object({
        folder: z.string(),
        name: z.string(),
        wanted: z.string().nullable(),
        locked: z.string().nullable(),
        reason: z.string(),
      }),
    ),
    unreadable: z.array(z.string()).describe("Lock files of an older form, or broken."),
    compared_count: z.number().int().describe("Folders that have both."),
    commit: z.string(),
  }),
  repeat: "none",
  async run(input, ctx, services) {
    const workspace = await readWorkspace(services, {
      projectId: ctx.projectId,
      repositoryUrl: input.repository_url ?? null,
      revision: input.revision ?? null,
      folder: ".",
      commitsMax: 1,
      wants: (path) => /(?:^|\/)package(?:-lock)?\.json$/.test(path) && !path.includes("node_modules/"),
    });
    const folders = [...workspace.texts.keys()]
      .filter((path) => path.endsWith("package-lock.json"))
      .map((path) => path.slice(0, -"package-lock.json".length));
    const both = folders.filter((folder) => workspace.texts.has(`${folder}package.json`));
    const unreadable: string[] = [];
    const drifts = both.flatMap((folder) => {
      const found = lockfileDrift(
        workspace.texts.get(`${folder}package.json`) ?? "",
        workspace.texts.get(`${folder}package-lock.json`) ?? "",
      );
      if (found === null) unreadable.push(`${folder}package-lock.json`);
      return (found ?? []).map((drift) => ({ folder: folder === "" ? "." : folder.slice(0, -1), ...drift }));
    });
    return { has_drift: drifts.length > 0, drifts, unreadable, compared_count: both.length, commit: workspace.commit };
  },
});
