import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { integrityOf, packTarball } from "./tarball.ts";

test("the same files make the same bytes", () => {
  const pack = () => packTarball({ "package.json": "{}", "index.js": "exports.a = 1;\n" });
  expect(pack().equals(pack())).toBe(true);
  expect(integrityOf(pack())).toMatch(/^sha512-[A-Za-z0-9+/]{86}==$/);
});

test("entries are whole ustar blocks under package/, with a checksum that holds", () => {
  const tar = gunzipSync(packTarball({ "index.js": "x".repeat(700) }));
  expect(tar.length % 512).toBe(0);
  expect(tar.subarray(0, 16).toString()).toBe("package/index.js");
  expect(tar.subarray(257, 262).toString()).toBe("ustar");
  const stored = Number.parseInt(tar.subarray(148, 154).toString(), 8);
  const blanked = Buffer.from(tar.subarray(0, 512)).fill(" ", 148, 156);
  expect(blanked.reduce((total, byte) => total + byte, 0)).toBe(stored);
});
