import { expect, test } from "vitest";
import { createGitProject, lines } from "../../../../test/repair/git-project.ts";
import { openLocalRepository } from "../../vendors/git/open-local-repository.ts";
import { askingModule } from "./asking-module.ts";

test("who asked for a missing module is read from the message, with the line that asks; other errors name nobody", async () => {
  const project = createGitProject();
  const source = lines(
    'import http from "node:http";',
    'import { badges } from "./people/badges.js";',
    "http.createServer(badges);",
  );
  const commit = project.commit("Begin", { "src/server.js": source });
  const git = await openLocalRepository(project.folder);
  const ask = (message: string) => askingModule(git, commit, ["src/server.js"], [{ message }]);
  const found = { file: "/srv/forum/src/server.js", function: null, line: 2, isInApp: true, path: "src/server.js" };
  expect(
    await ask("Cannot find module '/srv/forum/src/people/badges.js' imported from /srv/forum/src/server.js"),
  ).toEqual([found]);
  expect(
    await ask(
      "Cannot find module './people/badges'\nRequire stack:\n- /srv/forum/src/server.js\n- /srv/forum/index.js",
    ),
  ).toEqual([found]);
  expect(await ask("Cannot find module 'left-pad'")).toEqual([]);
  expect(await ask("x is not a function")).toEqual([]);
});
