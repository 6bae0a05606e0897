import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { describe, expect, test } from "vitest";
import type { Connection, Meaning } from "../../domains/integration/index.ts";
import { incoming } from "./incoming.ts";
import { type GitHubConfig, type GitHubCredentials, githubConfigSchema } from "./settings.ts";

interface Example {
  readonly name: string;
  readonly examples: readonly Record<string, unknown>[];
}
const require = createRequire(import.meta.url);
const sources = ["api.github.com", "ghes-31", "ghes-32", "ghes-33", "ghes-34", "ghes-35"];
const secret = "a secret that both sides know";

function connection(config: object = {}): Connection<GitHubConfig, GitHubCredentials> {
  return {
    integrationId: "0190a000-0000-7000-8000-000000000001",
    projectId: "0190a000-0000-7000-8000-000000000002",
    config: githubConfigSchema.parse(config),
    credentials: { webhook_secret: secret },
    http: { request: () => Promise.reject(new Error("mapping asks nobody")) },
    now: () => new Date(),
  };
}

/** As GitHub sends it: through the signature, the reading and the mapping. */
function receive(event: string, payload: object, config: object = {}): readonly Meaning[] {
  const body = Buffer.from(JSON.stringify(payload));
  const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
  const headers = { "x-hub-signature-256": signature, "x-github-event": event, "x-github-delivery": "d-1" };
  const request = { headers, query: {}, body };
  expect(incoming.verify(request, connection(config))).toEqual({ ok: true });
  const delivery = JSON.parse(JSON.stringify(incoming.read(request))) as ReturnType<typeof incoming.read>;
  return incoming.map(delivery, connection(config).config, new Date());
}

test.each(sources)("every example payload of %s is mapped to an event, or ignored with a reason", (source) => {
  const list = require(`@octokit/webhooks-examples/${source}/index.json`) as readonly Example[];
  const counts = { payloads: 0, mapped: 0, ignored: 0 };
  const types = new Set<string>();
  for (const { name, examples } of list) {
    for (const example of examples) {
      const [first] = receive(name, example);
      counts.payloads += 1;
      if (first?.kind === "event") {
        counts.mapped += 1;
        types.add(first.type);
        const action = typeof example.action === "string" ? `.${example.action}` : "";
        expect(first.type).toBe(`${name}${action}`);
        expect(first.payload).toMatchObject({ event: name, payload: example });
        expect(first.payload.sender, name).toBe((example.sender as { login?: string } | undefined)?.login ?? null);
        const repository = (example.repository as { full_name?: string } | undefined)?.full_name ?? null;
        expect(first.payload.repository).toBe(repository);
        expect(first.subject === null).toBe(repository === null);
      } else {
        expect(first?.kind, name).toBe("ignored");
        counts.ignored += 1;
        expect((first as { reason: string }).reason.length).toBeGreaterThan(20);
      }
    }
  }
  console.log(`${source}: ${JSON.stringify(counts)}, ${types.size} kinds of events`);
  expect(counts.mapped + counts.ignored).toBe(counts.payloads);
  expect(counts.payloads).toBeGreaterThan(40);
  expect(counts.mapped / counts.payloads).toBeGreaterThan(0.8);
});

const user = { login: "ann", type: "User" };
const repository = { full_name: "acme/shop", default_branch: "main" };

describe("the head of an event", () => {
  test("a pull request: its number, branches, labels and the one that came", () => {
    const pull = {
      number: 7,
      title: "Mend",
      body: "text",
      user: { login: "bob" },
      state: "open",
      draft: true,
      labels: [{ name: "bug" }, { name: "ui" }],
      base: { ref: "main" },
      head: { ref: "mend", sha: "abc" },
    };
    const payload = {
      action: "labeled",
      label: { name: "ui" },
      pull_request: pull,
      number: 7,
      repository,
      sender: user,
    };
    expect(receive("pull_request", payload)).toEqual([
      {
        kind: "event",
        type: "pull_request.labeled",
        subject: "acme/shop#7",
        payload: expect.objectContaining({
          repository: "acme/shop",
          sender: "ann",
          author: "bob",
          is_bot: false,
          number: 7,
          title: "Mend",
          body: "text",
          branch: "main",
          head_branch: "mend",
          sha: "abc",
          labels: ["bug", "ui"],
          label: "ui",
          subject_kind: "pull_request",
          is_draft: true,
          is_merged: false,
        }),
      },
    ]);
  });

  test("a merged pull request is two events: closed, and merged", () => {
    const pull = { number: 7, merged: true, state: "closed", base: { ref: "main" } };
    const meanings = receive("pull_request", { action: "closed", pull_request: pull, repository, sender: user });
    expect(meanings.map((one) => one.kind === "event" && one.type)).toEqual([
      "pull_request.closed",
      "pull_request.merged",
    ]);
  });

  test("a push: its branch and the files of its commits, each once; a tag is no branch", () => {
    const commits = [
      { added: ["a.ts"], modified: ["b.ts"], removed: [] },
      { modified: ["b.ts"], removed: ["c.ts"] },
    ];
    const push = { ref: "refs/heads/feature/x", after: "def", commits, repository, sender: user };
    expect(receive("push", push)[0]).toMatchObject({
      subject: "acme/shop@refs/heads/feature/x",
      payload: { branch: "feature/x", sha: "def", paths: ["a.ts", "b.ts", "c.ts"], tag: null },
    });
    expect(receive("push", { ...push, ref: "refs/tags/v1" })[0]).toMatchObject({
      payload: { branch: null, tag: "v1" },
    });
  });

  test("a bot is told from a person, by GitHub's word, by its name and by the list of those that hide it", () => {
    for (const sender of [
      { login: "x", type: "Bot" },
      { login: "renovate[bot]" },
      { login: "Dependabot", type: "User" },
    ])
      expect(receive("push", { ref: "refs/heads/main", repository, sender })[0]).toMatchObject({
        payload: { is_bot: true },
      });
  });

  test("a huge payload is left out of the event, its head stays", () => {
    const push = { ref: "refs/heads/main", repository, sender: user, commits: [{ message: "x".repeat(2_000_000) }] };
    const [event] = receive("push", push);
    expect(event).toMatchObject({
      payload: { branch: "main", payload: { left_out: expect.stringContaining("bytes") } },
    });
  });
});

describe("comments", () => {
  const comment = (body: string, by: object = user, event = "issue_comment", config: object = {}) =>
    receive(
      event,
      {
        action: "created",
        comment: { id: 12, body, user: by, ...(event === "issue_comment" ? {} : { path: "src/a.ts" }) },
        issue: { number: 7, title: "Broken", user: { login: "bob" } },
        repository,
        sender: by,
      },
      config,
    );
  const kinds = (meanings: readonly Meaning[]) => meanings.map(({ kind }) => kind);

  test("a command is an event and a command, with what is needed to answer it", () => {
    expect(comment("Look:\n/culprit investigate the total now")).toEqual([
      expect.objectContaining({ kind: "event", type: "issue_comment.created" }),
      {
        kind: "command",
        command: "investigate the total now",
        actor: "ann",
        isBot: false,
        subject: "acme/shop#7",
        payload: expect.objectContaining({
          comment_id: "12",
          number: 7,
          unknown_command: null,
          is_newcomer: false,
          auto_reply: null,
          subject_kind: "issue",
        }),
      },
    ]);
    expect(comment("/culprit fix", user, "pull_request_review_comment")[1]).toMatchObject({
      command: "fix",
      payload: { comment_id: "code-12", paths: ["src/a.ts"] },
    });
  });

  test("an unknown command asks for help; a quoted one and one in code are none", () => {
    expect(comment("/culprit dance")[1]).toMatchObject({ command: "help", payload: { unknown_command: "dance" } });
    expect(comment("/culprit")[1]).toMatchObject({ command: "help", payload: { unknown_command: null } });
    for (const body of [
      "> /culprit fix",
      "```\n/culprit fix\n```",
      "    /culprit fix",
      "say /culprit fix",
      "/culprits",
    ])
      expect(kinds(comment(body))).toEqual(["event"]);
  });

  test("a bot's command is never answered, and the reason is kept", () => {
    expect(comment("/culprit fix", { login: "helper[bot]", type: "Bot" })).toEqual([
      expect.objectContaining({ kind: "event", payload: expect.objectContaining({ is_bot: true }) }),
      { kind: "ignored", reason: "helper[bot] is a bot, and commands of bots are never answered." },
    ]);
  });

  test("Culprit's own comments start nothing", () => {
    expect(kinds(comment("Here is why.\n<!-- culprit:effect-1 -->"))).toEqual(["ignored"]);
    expect(
      kinds(comment("Here is why.", { login: "Culprit-User" }, "issue_comment", { login: "culprit-user" })),
    ).toEqual(["ignored"]);
  });

  test("the filter: deny before allow, allow where it is not empty, newcomers where they are added", () => {
    const by = (filter: object) => comment("/culprit fix", user, "issue_comment", { comment_filter: filter });
    expect(kinds(by({}))).toEqual(["event", "command"]);
    expect(by({ allow: ["ann"], deny: ["ANN"] })).toEqual([
      { kind: "ignored", reason: "ann is on the deny list of the comment filter." },
    ]);
    expect(by({ allow: ["bob"] })).toEqual([
      { kind: "ignored", reason: "ann is not on the allow list of the comment filter." },
    ]);
    expect(by({ allow: ["bob"], auto_add: true, auto_reply: true, auto_reply_message: "Hello." })[1]).toMatchObject({
      isNewcomer: true,
      payload: { is_newcomer: true, auto_reply: "Hello." },
    });
    expect(kinds(by({ allow: ["Ann"] }))).toEqual(["event", "command"]);
  });

  test("an edited comment commands nothing", () => {
    const payload = {
      action: "edited",
      comment: { id: 1, body: "/culprit fix", user },
      issue: { number: 7 },
      repository,
    };
    expect(kinds(receive("issue_comment", { ...payload, sender: user }))).toEqual(["event"]);
  });
});

test("an integration that names its repositories is not told of others", () => {
  const push = { ref: "refs/heads/main", repository, sender: user };
  expect(receive("push", push, { repositories: ["Acme/Shop"] })[0]).toMatchObject({ kind: "event" });
  expect(receive("push", push, { repositories: ["acme/other"] })[0]).toEqual({
    kind: "ignored",
    reason: "acme/shop is not among the repositories of this integration.",
  });
});

test("a delivery sent as a form is read as well", () => {
  const payload = { zen: "Design for failure.", hook_id: 1, repository };
  const body = Buffer.from(new URLSearchParams({ payload: JSON.stringify(payload) }).toString());
  const headers = { "content-type": "application/x-www-form-urlencoded", "x-github-event": "ping" };
  expect(incoming.read({ headers, query: {}, body }).payload).toEqual(payload);
});
