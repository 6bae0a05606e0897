import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { type FakeGitHub, startFakeGitHub } from "../../../test/fakes/github/fake-github.ts";

const ANSWER_WITHIN_MS = 300;

/**
 * The world outside, which nobody kills: a service that makes one effect of two calls with the same key, a fake GitHub
 * where a comment can be found again, and a service that has neither. Answers take their time, so that kills fall between
 * an effect and its answer.
 */
export interface World {
  readonly url: string;
  readonly github: FakeGitHub;
  readonly token: string;
  /** The issue that the execution with each number comments on. */
  readonly issues: readonly number[];
  /** How often the effect of the execution with this number was made. */
  made(kind: "keyed" | "found" | "bare", n: number): number;
  close(): Promise<void>;
}

export async function openWorld(executions: number): Promise<World> {
  const github = await startFakeGitHub();
  const repository = github.addRepository("bench", "shop");
  const issues = Array.from({ length: executions }, (_, n) => repository.openIssue({ title: `execution ${n}` }).number);
  const token = github.addToken({ login: "culprit" });
  const keys = new Map<number, Set<string>>();
  const bare = new Map<number, number>();
  const comments = () => {
    const counts = new Map<number, number>();
    for (const { issue } of repository.comments.values()) counts.set(issue, (counts.get(issue) ?? 0) + 1);
    return counts;
  };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request.setEncoding("utf8")) body += String(part);
    const { n } = JSON.parse(body) as { n: number };
    await delay(Math.random() * ANSWER_WITHIN_MS);
    if (request.url === "/keyed")
      keys.set(n, (keys.get(n) ?? new Set()).add(String(request.headers["idempotency-key"])));
    else bare.set(n, (bare.get(n) ?? 0) + 1);
    await delay(Math.random() * ANSWER_WITHIN_MS);
    response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    github,
    token,
    issues,
    made(kind, n) {
      if (kind === "keyed") return keys.get(n)?.size ?? 0;
      if (kind === "bare") return bare.get(n) ?? 0;
      return comments().get(issues[n] ?? 0) ?? 0;
    },
    async close() {
      await github.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
