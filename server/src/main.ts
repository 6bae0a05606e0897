#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

// Stripping types and compiling is most of a start and holds memory: what was compiled once is kept for the next one.
enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/culprit", import.meta.url)));

// Who reads no further, as `head` does, closes the pipe. Then there is nobody to write to, and the command still ends in order.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

const { run } = await import("./compose.ts");
process.exitCode = await run();
