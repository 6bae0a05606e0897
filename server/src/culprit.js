#!/usr/bin/env node
import { spawn } from "node:child_process";
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";

const isOld = Number(process.versions.node.split(".")[0]) < 24;
if (isOld) runWithOwnNode();
else {
  // In JavaScript, because for an entry in TypeScript Node loads what strips types, 8 MB and 0.2 s, before it can be told of the cache, in which
  // everything else lies stripped and compiled.
  nodeModule.enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/culprit", import.meta.url)));
  await import("./main.ts");
}

/** Whoever calls it from another folder has an older Node there: the one that was installed with Culprit takes over. */
function runWithOwnNode() {
  const own = fileURLToPath(new URL("../../node_modules/.bin/node", import.meta.url));
  const child = spawn(own, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(
      `Culprit needs Node 24, which its installation brings, and could not start it (${error.message}). Run npm ci in Culprit's folder.\n`,
    );
    process.exitCode = 1;
  });
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === null ? 1 : 128);
  });
}
