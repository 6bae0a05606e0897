import { execFileSync, spawnSync } from "node:child_process";
import { afterAll, describe, expect, test } from "vitest";
import { makeLocalImage, removeLocalImage } from "../../../../test/sandbox/local-image.ts";
import { conformsAsSandbox, limits, request, tree } from "../../../../test/sandbox/sandbox-conformance.ts";
import { createSandboxProvider } from "../sandbox/detect-sandbox.ts";
import { type ContainerEngine, engineEnvironment, findEngine } from "./container-engine.ts";
import { removeLeftovers } from "./container-sandbox.ts";
import { createArguments, LABEL } from "./create-arguments.ts";
import { openContainerSandbox } from "./open-container-sandbox.ts";

for (const program of ["podman", "docker"] as const) {
  const image = makeLocalImage(program);
  const opened = image === null ? null : await openContainerSandbox(program, image, process.env);
  if (image === null || opened === null || "reason" in opened) {
    test.skip(`real containers pass the sandbox's conformance suite (${program})`, () => undefined);
    if (image !== null) removeLocalImage(program, image);
    continue;
  }
  const engine = (await findEngine(program, engineEnvironment(process.env))) as ContainerEngine;
  const list = (format: string): string[] =>
    execFileSync(program, ["ps", "--all", "--filter", `label=${LABEL}`, "--format", format], { encoding: "utf8" })
      .split("\n")
      .filter((line) => line !== "");
  const make = (name: string, words: ReturnType<typeof request>) =>
    execFileSync(program, createArguments(engine, image, name, "61234:61234", words), { stdio: "pipe" });

  describe(`code in a real container (${program})`, () => {
    afterAll(() => removeLocalImage(program, image));
    conformsAsSandbox(opened);

    test("memory beyond the limit is told as that", async () => {
      const script = "const kept = []; for (;;) kept.push(Buffer.alloc(32 * 1048576, 1))";
      const outcome = await opened.run(request(script, { limits: { ...limits, memoryMb: 200 } }));
      expect(outcome).toMatchObject({ end: "memory_limit", exitCode: null });
    });

    test("a tree that does not fit is told as not started", async () => {
      const workTree = tree({ "main.cjs": "", big: "x".repeat(3 * 1048576) });
      const outcome = await opened.run(request("", { workTree, limits: { ...limits, diskMb: 2 } }));
      expect(outcome).toMatchObject({ end: "not_started", exitCode: null, result: null });
    });

    test("no container is left, not even of a run that was broken off", async () => {
      await opened.run(request("setInterval(() => {}, 1000)", { limits: { ...limits, timeoutMs: 1_000 } }));
      expect(list("{{.Names}}").filter((name) => name.startsWith("culprit-sandbox-"))).toEqual([]);
    });

    test("with nobody left to end it, a container ends at its time limit, whatever the code does against it", async () => {
      const name = `culprit-sandbox-${Date.now() + 600_000}-0a`;
      const command = ["sh", "-c", "kill -KILL 1; kill -STOP 1; while :; do sleep 100; done"];
      make(name, request("", { command, workTree: null, limits: { ...limits, timeoutMs: 1_000 } }));
      try {
        execFileSync(program, ["start", name], { stdio: "ignore" });
        expect(list("{{.Names}} {{.Status}}").find((line) => line.startsWith(name))).toContain("Up");
        await expect
          .poll(() => list("{{.Names}} {{.Status}}").find((line) => line.startsWith(name)))
          .toContain("Exited");
      } finally {
        execFileSync(program, ["rm", "--force", name], { stdio: "ignore" });
      }
    });

    test("what a killed Culprit left is removed, and what may still be another's run is not", async () => {
      const [left, running] = [
        `culprit-sandbox-${Date.now() - 1_000}-0b`,
        `culprit-sandbox-${Date.now() + 600_000}-0c`,
      ];
      for (const name of [left, running]) make(name, request("", { workTree: null }));
      try {
        await removeLeftovers(engine);
        expect(list("{{.Names}}")).toContain(running);
        expect(list("{{.Names}}")).not.toContain(left);
      } finally {
        execFileSync(program, ["rm", "--force", running], { stdio: "ignore" });
      }
    });

    test("an image that is not here is told with its remedy, and is not pulled", async () => {
      const found = await createSandboxProvider({
        kind: program,
        image: "localhost/culprit-none:1",
        env: process.env,
      })();
      expect(found).toMatchObject({ reason: expect.stringContaining(`${program} pull localhost/culprit-none:1`) });
    });

    test("an image with volumes, which nothing would bound, is refused", async () => {
      const name = `localhost/culprit-volumes:${process.pid}`;
      const from = `localhost/culprit-volumes-${process.pid}`;
      execFileSync(program, ["create", "--name", from.split("/")[1] ?? "", image, "true"], { stdio: "ignore" });
      try {
        spawnSync(program, ["commit", "--change", "VOLUME /data", from.split("/")[1] ?? "", name]);
        expect(await openContainerSandbox(program, name, process.env)).toMatchObject({
          reason: expect.stringContaining("declares volumes"),
        });
      } finally {
        spawnSync(program, ["rm", "--force", from.split("/")[1] ?? ""]);
        spawnSync(program, ["rmi", name]);
      }
    });
  });
}
