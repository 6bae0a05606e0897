import { existsSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId, toPublicId } from "../server/src/platform/ids/ids.ts";
import { runCulprit } from "./culprit/start-culprit.ts";
import { createGitProject, type GitProject } from "./repair/git-project.ts";

let project: GitProject;
beforeAll(() => {
  project = createGitProject();
  project.commit("one", { "a.js": "1\n" });
});
afterAll(() => rmSync(project.folder, { recursive: true, force: true }));

const incident = toPublicId("inc", newId());
const inCheckout = (args: readonly string[], env: Record<string, string> = {}) =>
  runCulprit(args, { cwd: project.folder, env });

test("culprit fix asks the server that is named, with the key of the variable that the docs name", async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, reply) => {
    asked.push(request.headers.authorization);
    reply.writeHead(404, { "content-type": "application/json" }).end("{}");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const { code, stderr } = await inCheckout(["fix", incident, "--server", url], {
      CULPRIT_API_KEY: "culprit_api_test",
    });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(`${url} knows no incident`) });
    expect(asked).toEqual(["Bearer culprit_api_test"]);
  } finally {
    server.close();
  }
});

test.each([
  [["fix", incident], /Give --data-dir DIR or --server URL/],
  [["incident", "list"], /Give --data-dir DIR/],
  [["status"], /Give --data-dir DIR/],
  [["migrate", "status"], /Give --data-dir DIR/],
  [["login-link"], /Give --data-dir DIR/],
])("a command that works on what is there makes no data folder where none is: %j", async (words, wayOut) => {
  const { code, stdout, stderr } = await inCheckout(words);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(`There is no Culprit data in ${join(project.folder, ".culprit")}.`);
  expect(stderr).toMatch(wayOut);
  expect(stderr).toContain("NOT_FOUND");
  expect(existsSync(join(project.folder, ".culprit"))).toBe(false);
  expect(project.git("status", "--porcelain")).toBe("");
});
