import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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
const file = () => join(folder, "server.json");

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

test("who stops takes only its own note away; half a file is none", async () => {
  const forget = note();
  writeFileSync(file(), JSON.stringify({ pid: 1, url: "http://127.0.0.1:1", host: "127.0.0.1", port: 1 }));
  forget();
  expect(existsSync(file())).toBe(true);
  writeFileSync(file(), '{"pid": 1');
  expect(await findRunningServer(folder)).toBeNull();
});
