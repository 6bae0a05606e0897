import { afterAll, expect, test } from "vitest";
import { createGitProject, lines } from "../../../../test/repair/git-project.ts";
import { openRepairRepository } from "../../vendors/git/worktree.ts";
import { missingModuleFrame } from "./missing-module-frame.ts";
import type { RepairRepository } from "./repository-port.ts";

const opened: RepairRepository[] = [];
afterAll(() => Promise.all(opened.map((repository) => repository.close())));

test.each([
  ["Cannot find module './badges'\nRequire stack:\n- /srv/forum/src/server.js\n- /srv/forum/index.js", 2],
  ["Cannot find module '/srv/forum/src/badges.js' imported from /srv/forum/src/server.js", 2],
  ["Cannot find module './other'\nRequire stack:\n- /srv/forum/src/server.js", 1],
])("the module that asked for a missing one is the failing frame: %s", async (errorMessage, line) => {
  const project = createGitProject();
  const source = lines(
    'const http = require("http");',
    'const badges = require("./badges");',
    "http.createServer(badges);",
  );
  const base = project.commit("Begin", { "src/server.js": source, "lib/server.js": "" });
  const repository = await openRepairRepository(project.folder);
  opened.push(repository);
  const files = ["src/server.js", "lib/server.js"];
  expect(await missingModuleFrame(repository, base, files, { errorMessage })).toEqual([
    { path: "src/server.js", function: null, line, column: null },
  ]);
  expect(await missingModuleFrame(repository, base, files, { errorMessage: "x is not a function" })).toEqual([]);
});
