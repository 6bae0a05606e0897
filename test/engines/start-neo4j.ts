import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const target = fileURLToPath(new URL("../../tools/engines/neo4j/target/", import.meta.url));

/** True where `.ci/run` could build Neo4j's test harness: with Java 17, Maven and Maven Central. */
export const hasNeo4j = existsSync(join(target, "lib")) && existsSync(join(target, "classes/Neo4jEngine.class"));

export interface RunningNeo4j {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  stop(): Promise<void>;
}

/** A real Neo4j with empty databases, in a folder that `stop` removes. */
export async function startNeo4j(): Promise<RunningNeo4j> {
  const folder = await mkdtemp(join(tmpdir(), "culprit-neo4j-"));
  const password = "correct horse";
  const java = spawn(
    "java",
    ["-Xmx512m", "-cp", `${join(target, "classes")}:${join(target, "lib/*")}`, "Neo4jEngine", folder, password],
    { cwd: folder, stdio: ["pipe", "pipe", "pipe"] },
  );
  const ended = once(java, "exit");
  let trouble = "";
  java.stderr.setEncoding("utf8").on("data", (text: string) => {
    trouble = (trouble + text).slice(-4000);
  });
  const lines = createInterface(java.stdout);
  const url = await Promise.race([
    new Promise<string>((found) => {
      // The harness talks on the same stream.
      lines.on("line", (line) => {
        if (line.startsWith('{"url"')) found((JSON.parse(line) as { url: string }).url);
      });
    }),
    ended.then(([code]) => {
      throw new Error(`Neo4j ended with ${code}: ${trouble}`);
    }),
  ]);
  return {
    url,
    user: "neo4j",
    password,
    stop: async () => {
      java.stdin.end();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
