import { expect, it } from "vitest";
import { lockfileDrift } from "./lockfile-drift.ts";

const lock = (root: object) =>
  JSON.stringify({ lockfileVersion: 3, packages: { "": root, "node_modules/a": { version: "1.0.0" } } });

it("finds what npm ci would refuse: another range, one that is missing, one that is left over", () => {
  const manifest = JSON.stringify({ dependencies: { a: "^1", b: "^2" }, devDependencies: { c: "3" } });
  expect(
    lockfileDrift(manifest, lock({ dependencies: { a: "^1", b: "^1" }, devDependencies: { d: "4" } })),
  ).toMatchObject([
    { name: "b", wanted: "^2", locked: "^1", reason: "dependencies asks for ^2, the lock was made for ^1" },
    { name: "c", wanted: "3", locked: null },
    { name: "d", wanted: null, locked: "4" },
  ]);
  expect(lockfileDrift(manifest, lock({ dependencies: { a: "^1", b: "^2" }, devDependencies: { c: "3" } }))).toEqual(
    [],
  );
});

it("says nothing of a lock that it can't read, and takes hostile names as names", () => {
  expect(lockfileDrift("{}", "lockfileVersion: 1")).toBeNull();
  expect(lockfileDrift("{}", JSON.stringify({ lockfileVersion: 1, dependencies: {} }))).toBeNull();
  expect(lockfileDrift('{"dependencies":{"__proto__":"1"}}', lock({}))).toMatchObject([
    { name: "__proto__", wanted: "1" },
  ]);
});
