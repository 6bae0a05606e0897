import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadConfig } from "./load-config.ts";

function settingsFile(content: string): { path: string; isRequired: boolean } {
  const path = join(mkdtempSync(join(tmpdir(), "culprit-config-")), "culprit.config.json");
  writeFileSync(path, content);
  return { path, isRequired: true };
}

test("a flag wins over a variable, a variable over the file, the file over the default", () => {
  const file = settingsFile('{"port": 1, "host": "file", "logLevel": "warn"}');
  const config = loadConfig({ flags: { port: "3" }, env: { CULPRIT_PORT: "2", CULPRIT_HOST: "env" }, file });
  expect(config).toMatchObject({ port: 3, host: "env", logLevel: "warn", dataDir: ".culprit" });
});

test.each([
  [{ flags: { port: "99999" }, env: {} }, /--port is "99999"; it must be a whole number from 0 to 65535/],
  [{ flags: {}, env: { CULPRIT_LOG_LEVEL: "loud" } }, /CULPRIT_LOG_LEVEL is "loud"; it must be debug, info/],
  [{ flags: {}, env: { CULPRIT_PROT: "1" } }, /unknown setting CULPRIT_PROT\. Did you mean CULPRIT_PORT\?/],
  [{ flags: { prot: 1 }, env: {} }, /no flag for prot\. Did you mean port\?/],
])("a bad value or an unknown name is refused with value, reason and remedy: %j", (sources, message) => {
  expect(() => loadConfig(sources)).toThrow(message);
});

test("an unknown key, broken JSON, a list or a missing file is refused by name", () => {
  expect(() => loadConfig({ flags: {}, env: {}, file: settingsFile('{"prot": 1}') })).toThrow(/unknown setting prot/);
  expect(() => loadConfig({ flags: {}, env: {}, file: settingsFile("{port: 1}") })).toThrow(/not valid JSON/);
  expect(() => loadConfig({ flags: {}, env: {}, file: settingsFile("[]") })).toThrow(/one JSON object/);
  expect(() => loadConfig({ flags: {}, env: {}, file: { path: "/nowhere.json", isRequired: true } })).toThrow(
    /does not exist/,
  );
});

test("a database URL with a password is never printed", () => {
  expect(() => loadConfig({ flags: { publicUrl: "s3cret not a url" }, env: {} })).toThrow(/not shown/);
});
