import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, expect, test } from "vitest";
import { openSecretBox } from "./open-secret-box.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "culprit-secrets-"));
  folders.push(made);
  return made;
}

const oldKey = "Zm9yIHRlc3RzIG9ubHksIG5vdCBhIHJlYWwga2V5ICE";
const newKey = "QW5vdGhlciBvbmUgZm9yIHRlc3RzLCBub3QgcmVhbCE";
const code = (value: string) => expect.objectContaining({ code: value });
const soon = () => new Date(Date.now() + 60_000);

test("what was sealed opens with the same bind, and no two sealings look alike", () => {
  const box = openSecretBox({ secret: newKey, dataDir: folder() });
  fc.assert(
    fc.property(fc.string(), fc.string(), (plain, bind) => {
      const sealed = box.seal(plain, bind);
      expect(box.open(sealed, bind)).toBe(Buffer.from(plain).toString());
      expect(box.seal(plain, bind)).not.toBe(sealed);
    }),
  );
});

test("a sealed text that was changed or moved to another row does not open", () => {
  const box = openSecretBox({ secret: newKey, dataDir: folder() });
  const sealed = box.seal("xoxb-token", "integration:1");
  expect(() => box.open(sealed, "integration:2")).toThrow(code("SECRET_UNREADABLE"));
  for (let at = sealed.lastIndexOf(".") + 1; at < sealed.length - 1; at++) {
    const changed = `${sealed.slice(0, at)}${sealed[at] === "A" ? "B" : "A"}${sealed.slice(at + 1)}`;
    expect(() => box.open(changed, "integration:1")).toThrow(code("SECRET_UNREADABLE"));
  }
  for (const broken of ["", "c1", "c1.", "plain text", sealed.slice(0, -20), `${sealed.slice(0, 12)}`])
    expect(() => box.open(broken, "integration:1")).toThrow(code("SECRET_UNREADABLE"));
});

test("the newest key seals and all open; without the old one the text says what to enter again and not what it was", () => {
  const before = openSecretBox({ secret: oldKey, dataDir: folder() });
  const sealed = before.seal("hunter2", "integration:7");
  const both = openSecretBox({ secret: `${newKey},${oldKey}`, dataDir: folder() });
  expect(both.open(sealed, "integration:7")).toBe("hunter2");
  expect(both.isCurrent(sealed)).toBe(false);
  expect(both.isCurrent(both.seal("hunter2", "integration:7"))).toBe(true);
  const lost = openSecretBox({ secret: newKey, dataDir: folder() });
  expect(() => lost.open(sealed, "integration:7")).toThrow(/integration:7.*enter this secret anew/);
  expect(() => lost.open(sealed, "integration:7")).not.toThrow(/hunter2/);
});

test("without a setting the key file is made at first use, readable by nobody else, and is the same for all who use it", () => {
  const dataDir = folder();
  const [first, second] = [openSecretBox({ secret: "", dataDir }), openSecretBox({ secret: "", dataDir })];
  const path = join(dataDir, "secret.key");
  expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
  expect(second.open(first.seal("a", "b"), "b")).toBe("a");
  expect(statSync(path).mode & 0o777).toBe(0o600);
  chmodSync(path, 0o644);
  openSecretBox({ secret: "", dataDir }).seal("a", "b");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a server that runs follows a rotation of the key file, and a setting put in place of the file still opens what it sealed", () => {
  const dataDir = folder();
  const running = openSecretBox({ secret: "", dataDir });
  const old = running.seal("a", "b");
  const upkeep = openSecretBox({ secret: "", dataDir });
  upkeep.addKey();
  expect(readFileSync(join(dataDir, "secret.key"), "utf8").trim().split("\n")).toHaveLength(2);
  expect(running.isCurrent(old)).toBe(false);
  expect(running.open(upkeep.seal("c", "d"), "d")).toBe("c");
  const moved = openSecretBox({ secret: newKey, dataDir });
  expect(moved.open(old, "b")).toBe("a");
  expect(() => moved.addKey()).toThrow(code("CONFIG_INVALID"));
});

test("a key that could be guessed is refused, and not repeated in the message", () => {
  for (const weak of ["short", "a".repeat(64), "abcabcabcabcabcabcabcabcabcabcabcabc", `${newKey},hunter2`]) {
    expect(() => openSecretBox({ secret: weak, dataDir: folder() })).toThrow(code("CONFIG_INVALID"));
    expect(() => openSecretBox({ secret: weak, dataDir: folder() })).not.toThrow(/hunter2|aaaa|short/);
  }
});

test("a key file that can't be read is an error with the way out", () => {
  const dataDir = folder();
  writeFileSync(join(dataDir, "file"), "");
  const box = openSecretBox({ secret: "", dataDir: join(dataDir, "file") });
  expect(() => box.seal("a", "b")).toThrow(code("DATA_FOLDER_UNUSABLE"));
});

test("a token holds for its purpose and time, under an older key too, and fits into a path", () => {
  const before = openSecretBox({ secret: oldKey, dataDir: folder() });
  const token = before.sign("callback", { i: "1", v: "approve" }, soon());
  expect(token).toMatch(/^[\w.-]+$/);
  const both = openSecretBox({ secret: `${newKey},${oldKey}`, dataDir: folder() });
  expect(both.verify("callback", token, new Date())).toEqual({ i: "1", v: "approve" });
  expect(both.verify("other", token, new Date())).toBeNull();
  expect(both.verify("callback", token, new Date(Date.now() + 61_000))).toBeNull();
  const [body = "", signed = ""] = token.split(".");
  const forged = Buffer.from(JSON.stringify([9e9, { i: "1", v: "suppress" }])).toString("base64url");
  for (const wrong of ["", ".", body, `${forged}.${signed}`, `${body}.${signed}.x`, `${body}.${signed.slice(2)}`])
    expect(both.verify("callback", wrong, new Date())).toBeNull();
});

test("a token is one text: its signature written otherwise is no token", () => {
  const box = openSecretBox({ secret: newKey, dataDir: folder() });
  const token = box.sign("callback", { i: "1" }, soon());
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const standard = token.replaceAll("-", "+").replaceAll("_", "/");
  const spellings = [
    `${token}=`,
    `${token}==`,
    `${token}~`,
    `${token} `,
    token.replace(".", ".!"),
    `${token.slice(0, -4)}*${token.slice(-4)}`,
  ];
  spellings.push(...[...alphabet].map((last) => token.slice(0, -1) + last), standard);
  for (const spelling of spellings.filter((one) => one !== token))
    expect(box.verify("callback", spelling, new Date()), spelling).toBeNull();
  expect(box.verify("callback", token, new Date())).toEqual({ i: "1" });
});
