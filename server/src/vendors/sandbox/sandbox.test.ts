import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ask, conformsAsSandbox, limits, request, tree } from "../../../../test/sandbox/sandbox-conformance.ts";
import type { Sandbox } from "../../domains/repair/sandbox-port.ts";
import { bwrapSandbox } from "./bwrap.ts";
import { createSandboxProvider, firstThatWorks } from "./detect-sandbox.ts";
import { plainSandbox } from "./plain.ts";
import { unshareSandbox } from "./unshare.ts";

const candidates = [bwrapSandbox(), unshareSandbox()];
const isolating: Sandbox[] = [];
for (const candidate of candidates) if ((await firstThatWorks([candidate])) !== null) isolating.push(candidate);

test("this machine isolates in at least one way", async () => {
  expect(isolating.map((sandbox) => sandbox.isolation)).not.toEqual([]);
  expect(await createSandboxProvider()()).toHaveProperty("isolation");
});

test("the setting decides which isolation is used, and none uses none", async () => {
  for (const [kind, isolation] of [
    ["bubblewrap", "bwrap"],
    ["namespaces", unshareSandbox().isolation],
  ] as const) {
    const works = isolating.some((sandbox) => sandbox.isolation === isolation);
    expect(await createSandboxProvider({ kind })()).toMatchObject(
      works ? { isolation } : { reason: expect.stringContaining(`CULPRIT_SANDBOX is ${kind}`) },
    );
  }
  expect(await createSandboxProvider({ kind: "none" })()).toMatchObject({
    reason: expect.stringContaining("CULPRIT_SANDBOX is none"),
  });
});

test("a container engine that is asked for and is not there is told, and nothing else takes its place", async () => {
  const found = await createSandboxProvider({ kind: "docker", env: { PATH: "/nothing" } })();
  expect(found).toMatchObject({ reason: expect.stringContaining("docker does not answer") });
});

describe.each(isolating)("code in $isolation", (sandbox) => {
  conformsAsSandbox(sandbox);

  test("sees only the system's programs of this machine", async () => {
    const paths = ["/root", "/home", "/etc/shadow", "/var", "/etc/ssh", "/sys", "/run"];
    expect(
      await ask(sandbox, `() => ${JSON.stringify(paths)}.filter((path) => require("fs").existsSync(path))`),
    ).toEqual([]);
  });
});

test("a folder below a system folder can be hidden", async () => {
  const hidden = "/usr/share";
  const sandbox = await firstThatWorks([bwrapSandbox({ hidden: [hidden] }), unshareSandbox({ hidden: [hidden] })]);
  if (sandbox === null) throw new Error("no isolation");
  expect(await ask(sandbox, `() => require("fs").readdirSync("${hidden}")`)).toEqual([]);
});

test("without isolation the limits and the clean environment hold all the same", async () => {
  const sandbox = plainSandbox();
  const modules = tree();
  mkdirSync(join(modules, "lib"));
  writeFileSync(join(modules, "lib/index.js"), "module.exports = 7");
  const bind = { readOnly: [{ source: modules, target: "/tree/node_modules" }] };
  expect(await ask(sandbox, `() => [require("lib"), "PWD_SECRET" in process.env]`, bind)).toEqual([7, false]);
  const hang = await sandbox.run(request("setInterval(() => {}, 1000)", { limits: { ...limits, timeoutMs: 1_000 } }));
  expect(hang.end).toBe("timeout");
});
