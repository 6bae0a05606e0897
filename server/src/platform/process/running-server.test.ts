import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findRunningServer, noteRunningServer } from "./running-server.ts";

let folder: string;
let listener: Server;
let port: number;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "culprit-running-"));
  listener = createServer().listen(0, "127.0.0.1");
  await once(listener, "listening");
  port = (listener.address() as AddressInfo).port;
});
afterEach(() => {
  listener.close();
  rmSync(folder, { recursive: true });
});

const note = () => noteRunningServer(folder, { url: `http://127.0.0.1:${port}`, host: "127.0.0.1", port });
const file = () => join(folder, `server.${process.pid}.json`);

test("a server that serves is found with its real port, and no more once it stopped", async () => {
  expect(await findRunningServer(folder)).toBeNull();
  const forget = note();
  expect(await findRunningServer(folder)).toMatchObject({ pid: process.pid, port, url: `http://127.0.0.1:${port}` });
  forget();
  expect(await findRunningServer(folder)).toBeNull();
  expect(existsSync(file())).toBe(false);
});

test("what a crash left behind is not believed: neither where the process is gone, nor where its port is closed", async () => {
  note();
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  const left = JSON.parse(readFileSync(file(), "utf8")) as object;
  writeFileSync(file(), JSON.stringify({ ...left, pid: child.pid }));
  expect(await findRunningServer(folder)).toBeNull();
  note();
  listener.close();
  await once(listener, "close");
  expect(await findRunningServer(folder)).toBeNull();
});

test("a second server on the folder takes nothing from the first: neither while it runs, nor when it stops", async () => {
  const forget = note();
  const second = spawn(
    process.execPath,
    [
      "-e",
      `import(${JSON.stringify(new URL("./running-server.ts", import.meta.url).href)}).then(({ noteRunningServer }) => {
        const forget = noteRunningServer(${JSON.stringify(folder)}, { url: "http://127.0.0.1:1", host: "127.0.0.1", port: ${port} });
        process.stdout.write("noted");
        process.stdin.once("data", () => { forget(); process.exit(); });
      })`,
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  await once(second.stdout, "data");
  expect(await findRunningServer(folder)).toMatchObject({ pid: process.pid });
  second.stdin.write("stop");
  await once(second, "exit");
  expect(await findRunningServer(folder)).toMatchObject({ pid: process.pid });
  forget();
  expect(readdirSync(folder)).toEqual([]);
});

test("the second server is found where the first one stopped", async () => {
  const first = { pid: 1, url: "http://127.0.0.1:1", host: "127.0.0.1", port };
  const path = join(folder, "server.1.json");
  writeFileSync(path, JSON.stringify(first));
  utimesSync(path, 1, 1);
  note();
  expect(await findRunningServer(folder)).toMatchObject({ pid: 1 });
  rmSync(path);
  expect(await findRunningServer(folder)).toMatchObject({ pid: process.pid });
});

test("half a file is none", async () => {
  writeFileSync(file(), '{"pid": 1');
  expect(await findRunningServer(folder)).toBeNull();
});
