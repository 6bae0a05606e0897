import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Sandbox, SandboxRequest } from "../../server/src/domains/repair/sandbox-port.ts";

export const limits = { timeoutMs: 20_000, memoryMb: 512, processes: 100, outputBytes: 2_000_000, diskMb: 32 };

/** A tree with these files, in a folder that only this user may read. */
export function tree(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "culprit-tree-"));
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  return folder;
}

/** A run of a script by Node. */
export function request(script: string, more: Partial<SandboxRequest> = {}): SandboxRequest {
  const workTree = more.workTree ?? tree({ "main.cjs": script });
  return {
    command: ["node", "main.cjs"],
    workTree,
    readOnly: [],
    writable: [],
    scratch: [],
    env: {},
    network: false,
    asOwner: false,
    limits,
    ...more,
  };
}

/** Runs a script and answers what it wrote to the result file. */
export async function ask(sandbox: Sandbox, expression: string, more: Partial<SandboxRequest> = {}): Promise<unknown> {
  const script = `(async () => { const value = await (${expression})(); require("fs").writeFileSync(process.env.CULPRIT_RESULT, JSON.stringify(value ?? null)); })()`;
  const outcome = await sandbox.run(request(script, more));
  expect(outcome.result, outcome.log).not.toBeNull();
  return JSON.parse(outcome.result ?? "null");
}

/** The guarantees of every kind of isolation; what runs inside is hostile. */
export function conformsAsSandbox(sandbox: Sandbox): void {
  test("works on a copy: what it writes is gone, what it answers arrives", async () => {
    const workTree = tree({
      "main.cjs": `require("fs").writeFileSync("made", "x"); require("fs").writeFileSync(process.env.CULPRIT_RESULT, "done"); console.log(process.cwd()); process.exit(3)`,
    });
    const outcome = await sandbox.run(request("", { workTree }));
    expect(outcome).toMatchObject({ exitCode: 3, end: "exited", result: "done", log: "/tree\n" });
    expect(existsSync(join(workTree, "made"))).toBe(false);
  });

  test("sees no file of this machine: neither secrets of the system, nor its own tree's place, nor where Culprit runs", async () => {
    const secret = join(tree({ key: "s3cret" }), "key");
    const paths = [secret, process.cwd(), join(homedir(), ".profile"), "/var/lib/dpkg/status"];
    const system = ["/etc/shadow", "/etc/passwd", "/etc/machine-id", "/etc/hostname", "/etc/fstab"];
    const own = system.filter((path) => existsSync(path)).map((path) => readFileSync(path, "utf8"));
    const [seen, texts] = (await ask(
      sandbox,
      `() => { const fs = require("fs"); const read = (path) => { try { return [fs.readFileSync(path, "utf8")]; } catch { return []; } };
        return [${JSON.stringify(paths)}.filter((path) => fs.existsSync(path)), ${JSON.stringify(system)}.flatMap(read)]; }`,
    )) as [string[], string[]];
    expect(seen).toEqual([]);
    expect(texts.filter((text) => text !== "" && own.includes(text))).toEqual([]);
  });

  test("the tree arrives as it is, whatever its names, and the command may write beside what is bound into it", async () => {
    const workTree = tree({ "main.cjs": "", "a\\n b": "odd", "-c": "dash", "new\nline": "break" });
    mkdirSync(join(workTree, "packages/a/src"), { recursive: true });
    writeFileSync(join(workTree, "packages/a/src/run"), "#!/bin/sh\necho ran\n", { mode: 0o755 });
    symlinkSync("packages/a", join(workTree, "link"));
    const modules = tree({ "lib.js": "module.exports = 7" });
    chmodSync(modules, 0o755);
    const command = [
      "node",
      "-e",
      `const fs = require("fs"); fs.writeFileSync("packages/a/beside", "x"); fs.mkdirSync("packages/b"); fs.writeFileSync("new", "x");
       const ran = require("child_process").execFileSync("/tree/link/src/run", { encoding: "utf8" }).trim();
       const all = fs.readdirSync(".").sort(); const text = ["a\\\\n b", "-c", "new\\nline"].map((name) => fs.readFileSync(name, "utf8"));
       fs.writeFileSync(process.env.CULPRIT_RESULT, JSON.stringify({ ran, all, text, link: fs.readlinkSync("link"), lib: require("/tree/packages/a/node_modules/lib.js") }))`,
    ];
    const readOnly = [{ source: modules, target: "/tree/packages/a/node_modules" }];
    const outcome = await sandbox.run(request("", { workTree, command, readOnly }));
    expect(JSON.parse(outcome.result ?? outcome.log)).toEqual({
      ...{ ran: "ran", link: "packages/a", lib: 7, text: ["odd", "dash", "break"] },
      all: ["-c", "a\\n b", "link", "main.cjs", "new", "new\nline", "packages"],
    });
  });

  test("what it may write as the owner is this user's own afterwards", async () => {
    const folder = tree();
    const writable = [{ source: folder, target: "/deps" }];
    const command = ["sh", "-c", "mkdir /deps/made && echo x > /deps/made/file"];
    const outcome = await sandbox.run(request("", { command, workTree: null, writable, asOwner: true }));
    expect(outcome.exitCode, outcome.log).toBe(0);
    expect([statSync(join(folder, "made")).uid, statSync(join(folder, "made/file")).uid]).toEqual([
      process.getuid?.(),
      process.getuid?.(),
    ]);
  });

  test("can't follow a link of the tree out of it", async () => {
    const secret = join(tree({ key: "s3cret" }), "key");
    const workTree = tree({
      "main.cjs": `require("fs").writeFileSync(process.env.CULPRIT_RESULT, String(require("fs").existsSync("leak")))`,
    });
    symlinkSync(secret, join(workTree, "leak"));
    expect((await sandbox.run(request("", { workTree }))).result).toBe("false");
  });

  test("reads no key of the user who runs Culprit, by name, by home or by a link", async () => {
    const paths = [
      `${homedir()}/.ssh`,
      `${homedir()}/.ssh/id_rsa`,
      `${homedir()}/.npmrc`,
      "/root/.ssh",
      "/proc/1/root/root",
    ];
    const workTree = tree({
      "main.cjs": `const fs = require("fs"); const can = (path) => { try { fs.readdirSync(path); return true; } catch (error) { return error.code === "ENOTDIR"; } };
        const link = (path, at) => { fs.symlinkSync(path, "made-" + at); return "made-" + at; };
        const paths = ${JSON.stringify(paths)}.concat(require("os").homedir() + "/.ssh");
        fs.writeFileSync(process.env.CULPRIT_RESULT, JSON.stringify(paths.concat(paths.map(link)).filter(can)));`,
    });
    expect((await sandbox.run(request("", { workTree }))).result).toBe("[]");
  });

  test("can't write through a link of the tree, nor to the tree it was copied from", async () => {
    const outside = tree();
    const workTree = tree({
      "main.cjs": `const fs = require("fs"); const wrote = (path) => { try { fs.writeFileSync(path, "x"); return true; } catch { return false; } };
        fs.symlinkSync(${JSON.stringify(outside)}, "own");
        fs.writeFileSync(process.env.CULPRIT_RESULT, JSON.stringify([wrote("out/a"), wrote("own/a"), wrote("file"), wrote("/culprit/source/a")]));`,
    });
    symlinkSync(outside, join(workTree, "out"));
    symlinkSync(join(outside, "b"), join(workTree, "file"));
    expect((await sandbox.run(request("", { workTree }))).result).toBe("[false,false,false,false]");
    expect(readdirSync(outside)).toEqual([]);
    expect(readdirSync(workTree).sort()).toEqual(["file", "main.cjs", "out"]);
  });

  test("inherits no environment", async () => {
    process.env.CULPRIT_TEST_TOKEN = "s3cret";
    const names = await ask(sandbox, "() => Object.keys(process.env).sort()", { env: { MINE: "1" } });
    delete process.env.CULPRIT_TEST_TOKEN;
    expect(names).toEqual(expect.arrayContaining(["CULPRIT_RESULT", "HOME", "MINE", "PATH", "TMPDIR"]));
    expect(names).not.toContain("CULPRIT_TEST_TOKEN");
    expect(
      await ask(
        sandbox,
        `() => require("fs").readdirSync("/proc").filter((name) => /^\\d+$/.test(name)).map((pid) => { try { return require("fs").readFileSync("/proc/" + pid + "/environ", "utf8"); } catch { return ""; } }).join().includes("s3cret")`,
      ),
    ).toBe(false);
  });

  test("reaches no port of this machine and no address, but a loopback of its own", async () => {
    const server = createServer((socket) => socket.end("hello"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" ? address?.port : 0;
    const connect = (host: string, at: number | undefined) =>
      `new Promise((resolve) => require("net").connect(${at}, "${host}").on("connect", () => resolve("open")).on("error", (error) => resolve(error.code)))`;
    const own = `new Promise((resolve) => { const server = require("http").createServer((q, s) => s.end("own")).listen(0, async () => { resolve(await (await fetch("http://127.0.0.1:" + server.address().port)).text()); server.close(); }); })`;
    const got = await ask(
      sandbox,
      `async () => [await ${connect("127.0.0.1", port)}, await ${connect("1.1.1.1", 443)}, await ${own}]`,
    );
    server.close();
    expect(got).toEqual(["ECONNREFUSED", "ENETUNREACH", "own"]);
  });

  test("has no privilege and can't write to the system or to read-only folders", async () => {
    const shared = tree({ "lib.js": "1" });
    const got = await ask(
      sandbox,
      `() => { const fs = require("fs"); const refused = (path) => { try { fs.writeFileSync(path, "x"); return false; } catch { return true; } };
        const status = fs.readFileSync("/proc/self/status", "utf8");
        return [refused("/usr/x"), refused("/x"), refused("/tree/node_modules/lib.js"), refused("/proc/sys/kernel/hostname"), /^CapEff:\\s+0+$/m.test(status), /^NoNewPrivs:\\s+1$/m.test(status)]; }`,
      { readOnly: [{ source: shared, target: "/tree/node_modules" }] },
    );
    expect(got).toEqual([true, true, true, true, true, true]);
    expect(readFileSync(join(shared, "lib.js"), "utf8")).toBe("1");
  });

  test("sees only its own processes and none survives it", async () => {
    const marker = `culprit-${process.pid}-${sandbox.isolation}`;
    const script = `const { spawn } = require("child_process"); spawn("sh", ["-c", "exec -a ${marker} sleep 300 || sleep 300"], { detached: true, stdio: "ignore" }).unref(); spawn("node", ["-e", "setInterval(() => {}, 1000)", "${marker}"], { detached: true, stdio: "ignore" }).unref(); setTimeout(() => process.exit(0), 200)`;
    const outcome = await sandbox.run(request(script));
    expect(outcome.end).toBe("exited");
    await expect.poll(() => commandLines().filter((line) => line.includes(marker))).toEqual([]);
    const pids = await ask(
      sandbox,
      `() => require("fs").readdirSync("/proc").filter((name) => /^\\d+$/.test(name)).length`,
    );
    expect(pids).toBeLessThan(8);
  });

  test("a hang ends at the time limit, with everything it started", async () => {
    const outcome = await sandbox.run(
      request("console.log('begun'); setInterval(() => {}, 1000)", { limits: { ...limits, timeoutMs: 1_500 } }),
    );
    expect(outcome).toMatchObject({ end: "timeout", exitCode: null, log: "begun\n" });
    expect(outcome.durationMs).toBeLessThan(6_000);
  });

  test("a flood of output ends at its limit, and the beginning and the end are kept", async () => {
    const command = ["sh", "-c", "echo FIRST; exec yes"];
    const outcome = await sandbox.run(request("", { command, limits: { ...limits, outputBytes: 1_000_000 } }));
    expect(outcome.end).toBe("output_limit");
    expect(outcome.log.startsWith("FIRST")).toBe(true);
    expect(outcome.log.length).toBeLessThan(80_000);
  });

  test("a fork bomb stops at the process limit", async () => {
    const script = `const { spawn } = require("child_process"); let refused = 0; let left = 200;
      const done = () => { left -= 1; if (left === 0) { require("fs").writeFileSync(process.env.CULPRIT_RESULT, String(refused)); process.exit(0); } };
      for (let i = 0; i < 200; i += 1) { try { const child = spawn("sleep", ["30"]); child.on("error", () => { refused += 1; done(); }); child.on("spawn", done); } catch { refused += 1; done(); } }`;
    const outcome = await sandbox.run(request(script, { limits: { ...limits, processes: 60 } }));
    expect(outcome.end === "process_limit" || Number(outcome.result) > 100, outcome.log).toBe(true);
  });

  test("the disk fills up to its limit and no further", async () => {
    const script = `const fs = require("fs"); let written = 0; let code = null;
      try { for (let i = 0; i < 100; i += 1) { fs.writeFileSync("fill-" + i, Buffer.alloc(1048576, 1)); written += 1; } } catch (error) { code = error.code; }
      fs.writeFileSync(process.env.CULPRIT_RESULT, JSON.stringify({ written, code }))`;
    const outcome = await sandbox.run(request(script));
    const { written, code } = JSON.parse(outcome.result ?? "{}") as { written: number; code: string };
    expect(code).toBe("ENOSPC");
    expect(written).toBeLessThanOrEqual(limits.diskMb);
  });

  test("memory beyond the limit ends the run", async () => {
    const script = `const kept = []; setInterval(() => kept.push(Buffer.alloc(32 * 1048576, 1)), 20)`;
    const outcome = await sandbox.run(request(script, { limits: { ...limits, memoryMb: 300 } }));
    expect(outcome.end === "memory_limit" || outcome.exitCode !== 0).toBe(true);
    expect(outcome.end).not.toBe("timeout");
  });

  test("leaves nothing behind on this machine", async () => {
    const workTree = tree({ "main.cjs": "1" });
    const { TMPDIR } = process.env;
    const own = mkdtempSync(join(tmpdir(), "culprit-own-"));
    process.env.TMPDIR = own;
    await sandbox.run(request("", { workTree }));
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    expect(readdirSync(own)).toEqual([]);
  });
}

function commandLines(): string[] {
  return readdirSync("/proc").flatMap((name) => {
    try {
      return /^\d+$/.test(name) ? [readFileSync(`/proc/${name}/cmdline`, "utf8")] : [];
    } catch {
      return [];
    }
  });
}
