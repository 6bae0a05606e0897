#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";

// Stripping types and compiling is most of a start and holds memory: what was compiled once is kept for the next one.
enableCompileCache(fileURLToPath(new URL("../../node_modules/.cache/culprit", import.meta.url)));
const { run } = await import("./compose.ts");
process.exitCode = await run();
