#!/usr/bin/env node
// Who reads no further, as `head` does, closes the pipe. Then there is nobody to write to, and the command still ends in order.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });

const { run } = await import("./compose.ts");
process.exitCode = await run();
