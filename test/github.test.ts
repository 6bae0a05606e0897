import { request as requestOf } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, type RunningCulprit, startCulprit } from "./culprit/start-culprit.ts";
import { type FakeGitHub, startFakeGitHub } from "./fakes/github/fake-github.ts";
import type { FakeRepository } from "./fakes/github/repository.ts";

let culprit: RunningCulprit;
let github: FakeGitHub;
let shop: FakeRepository;
let cookie = "";
let project = "";
let ingestKey = "";

beforeAll(async () => {
  github = await startFakeGitHub();
  shop = github.addRepository("acme", "shop", { "README.md": "# Shop\n" });
  culprit = await startCulprit({ env: { CULPRIT_HTTP_ALLOW_PRIVATE: "127.0.0.1" } });
  const signedIn = await fetch(culprit.loginLink, { redirect: "manual" });
  cookie = signedIn.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const made = await api<{ project_id: string; ingest_key: string }>("POST", "/api/projects", { name: "shop" });
  project = made.project_id;
  ingestKey = made.ingest_key;
});
afterAll(async () => {
  await culprit.stop();
  expect(github.faults).toEqual([]);
  await github.close();
});

async function api<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers = { cookie, ...(body === undefined ? {} : { "content-type": "application/json" }) };
  const response = await fetch(`${culprit.url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer}`);
  return JSON.parse(answer) as T;
}

/** Goes where a browser would: with the cookie on Culprit's pages only, redirects followed by hand. */
async function browse(
  url: string,
  form?: URLSearchParams,
): Promise<{ status: number; url: string; html: string; policy: string }> {
  let next = url;
  let send = form;
  for (let hop = 0; hop < 10; hop++) {
    const isOurs = next.startsWith(culprit.url);
    const response = await fetch(next, {
      method: send === undefined ? "GET" : "POST",
      headers: isOurs ? { cookie } : {},
      ...(send === undefined ? {} : { body: send }),
      redirect: "manual",
    });
    const location = response.headers.get("location");
    if (location === null || location.startsWith("/integrations/")) {
      const policy = response.headers.get("content-security-policy") ?? "";
      return { status: response.status, url: location ?? next, html: await response.text(), policy };
    }
    next = new URL(location, next).href;
    send = undefined;
  }
  throw new Error(`no end of redirects at ${next}`);
}

/** The first form of a page: where it leads and what it holds. */
function formOf(html: string): { action: string; fields: URLSearchParams } {
  const decode = (text: string) =>
    text
      .replaceAll("&quot;", '"')
      .replaceAll("&#39;", "'")
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&amp;", "&");
  const form = /<form action="([^"]+)"[^>]*>([\s\S]*?)<\/form>/.exec(html);
  const inputs = [...(form?.[2] ?? "").matchAll(/<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"/g)];
  return {
    action: decode(form?.[1] ?? ""),
    fields: new URLSearchParams(Object.fromEntries(inputs.map(([, name = "", value = ""]) => [name, decode(value)]))),
  };
}

test("two clicks make the app and install it; then its events come, and a person's command is answered for", async () => {
  // The first click: Culprit's form sends the manifest to GitHub, which makes the app and sends the browser back and on.
  const host = new URL(github.webUrl).origin;
  const setup = await browse(`${culprit.url}/github/setup?host=${encodeURIComponent(host)}&organization=acme`);
  expect(setup.policy).toContain(`form-action 'self' ${host}`);
  const form = formOf(setup.html);
  expect(form.action.startsWith(`${host}/organizations/acme/settings/apps/new?state=`)).toBe(true);
  // The second: GitHub's page of the installation, which comes back to ask for the project.
  const choose = await browse(form.action, form.fields);
  expect(choose.status).toBe(200);
  expect(choose.html).toContain("acme/shop");
  const chosen = formOf(choose.html);
  expect(chosen.fields.get("project")).toBe(project);
  const connected = await browse(`${culprit.url}${chosen.action}`, chosen.fields);
  const integrationId = connected.url.replace("/integrations/", "");
  const integration = await api<{ config: Record<string, unknown>; name: string }>(
    "GET",
    `/api/integrations/${integrationId}`,
  );
  expect(integration.name).toBe("GitHub acme");
  expect(integration.config).toMatchObject({ repositories: ["acme/shop"], base_url: github.apiUrl });

  // Its webhook comes signed to the one address of the app, and is stored for the integration of its installation.
  const app = [...github.state.apps.values()][0];
  const installation = [...github.state.installations.values()][0];
  if (app === undefined || installation === undefined) throw new Error("the fake has no app");
  expect(app.hookUrl.startsWith(`${culprit.url}/hooks/github/`)).toBe(true);
  const { number } = shop.openIssue({ title: "Total is NaN" });
  shop.collaborators.set("ann", "write");
  const comment = (body: string, login: string) => ({
    action: "created",
    comment: { id: shop.comment(number, body, login).id, body, user: { login, type: "User" } },
    issue: { number, title: "Total is NaN", user: { login: "bob" } },
    repository: { full_name: "acme/shop", default_branch: "main" },
    sender: { login, type: "User" },
    installation: { id: installation.id },
  });
  const hook = { url: app.hookUrl, secret: app.webhookSecret, event: "issue_comment" };
  const first = await github.deliver({ ...hook, payload: comment("/culprit status", "ann") });
  expect([first.status, JSON.parse(first.body)]).toEqual([202, { status: "accepted", stored: 1, integrations: 1 }]);
  const again = await github.deliver({
    ...hook,
    payload: comment("/culprit status", "ann"),
    deliveryId: first.deliveryId,
  });
  expect(JSON.parse(again.body)).toMatchObject({ stored: 0 });
  const refused = await github.deliver({ ...hook, secret: "wrong", payload: comment("/culprit fix", "ann") });
  expect(refused.status).toBe(401);
  await github.deliver({ ...hook, payload: comment("/culprit fix", "eve") });

  // Answered by the app, at once with eyes and in words.
  const answered = await eventually(
    async () => [...shop.comments.values()].find(({ author }) => author.login === `${app.slug}[bot]`),
    (one) => one !== undefined,
  );
  expect(answered?.body).toMatch(/^There is no open incident in this project\./);
  expect(shop.reactions).toEqual([expect.objectContaining({ content: "eyes", author: `${app.slug}[bot]` })]);

  interface Stored {
    readonly items: readonly {
      readonly id: string;
      readonly status: string;
      readonly reason: string | null;
      readonly delivery_id: string;
    }[];
  }
  const { items } = await eventually(
    () => api<Stored>("GET", `/api/integration-events?integration=${integrationId}`),
    (list) => list.items.length === 2 && list.items.every(({ status }) => status === "completed"),
  );
  expect(items.map(({ reason }) => reason)).toEqual([
    "eve may not write to acme/shop, and commands are taken only from those who may.",
    null,
  ]);
  const stored = await api<{ event_ids: string[] }>("GET", `/api/integration-events/${items[1]?.id}`);
  expect(stored.event_ids).toHaveLength(2);

  // The filter is a setting of its own.
  const filter = await api<Record<string, unknown>>("GET", `/api/integrations/${integrationId}/comment-filter`);
  expect(filter).toMatchObject({ allow: [], deny: [], auto_add: false });
  await api("PUT", `/api/integrations/${integrationId}/comment-filter`, { deny: ["ann"] });
  await github.deliver({ ...hook, payload: comment("/culprit status", "ann") });
  await eventually(
    () => api<Stored>("GET", `/api/integration-events?integration=${integrationId}`),
    (list) => list.items[0]?.reason === "ann is on the deny list of the comment filter.",
  );
});

const workflowFile = ".culprit/workflows/greet.yml";
const greet = (text: string) =>
  `name: greet\non: [issues.opened]\nsteps:\n  - { id: say, uses: post_comment, with: { comment: ${text} } }\n`;

async function push(files: Readonly<Record<string, string | null>>): Promise<string> {
  const sha = shop.commit("main", files, { message: "Change workflows" });
  const app = [...github.state.apps.values()][0];
  const installation = [...github.state.installations.values()][0];
  if (app === undefined || installation === undefined) throw new Error("the fake has no app");
  const payload = {
    ref: "refs/heads/main",
    after: sha,
    commits: [{ id: sha, message: "Change workflows", modified: Object.keys(files) }],
    repository: { full_name: "acme/shop", default_branch: "main" },
    sender: { login: "ann", type: "User" },
    installation: { id: installation.id },
  };
  await github.deliver({ url: app.hookUrl, secret: app.webhookSecret, event: "push", payload });
  return sha;
}

interface Workflow {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly source: string;
  readonly source_commit: string | null;
}
const workflowNamed = async (name: string) => {
  const { items } = await api<{ items: Workflow[] }>("GET", `/api/workflows?project=${project}&limit=100`);
  return items.find((one) => one.name === name);
};

test("a push to the default branch makes the repository's files the project's workflows, and a check tells how it went", async () => {
  const good = await push({ [workflowFile]: greet("Welcome") });
  const made = await eventually(
    () => workflowNamed("greet"),
    (one) => one?.source_commit === good,
  );
  expect(made).toMatchObject({ version: 1, source: "repository" });
  const broken = await push({ [workflowFile]: greet("Welcome").replace("post_comment", "post_comet") });
  const check = await eventually(
    async () => shop.checks.find(({ sha }) => sha === broken),
    (one) => one?.conclusion !== undefined && one.conclusion !== null,
  );
  expect(check).toMatchObject({ name: "culprit/workflows", conclusion: "failure" });
  expect(check?.output.summary).toContain(`${workflowFile}:4 \`steps[0].uses\``);
  expect(await workflowNamed("greet")).toMatchObject({ version: 1, source_commit: good });

  // What it does: an issue is answered by the repository's own workflow, through the app.
  const { number } = shop.openIssue({ title: "Hello", author: "bob" });
  const [app, installation] = [[...github.state.apps.values()][0], [...github.state.installations.values()][0]];
  const payload = {
    action: "opened",
    issue: { number, title: "Hello", user: { login: "bob" } },
    repository: { full_name: "acme/shop", default_branch: "main" },
    sender: { login: "bob", type: "User" },
    installation: { id: installation?.id },
  };
  await github.deliver({ url: app?.hookUrl ?? "", secret: app?.webhookSecret ?? "", event: "issues", payload });
  const answer = await eventually(
    async () => [...shop.comments.values()].find(({ issue }) => issue === number),
    (one) => one !== undefined,
  );
  expect(answer).toMatchObject({ body: expect.stringMatching(/^Welcome/), author: { login: `${app?.slug}[bot]` } });
});

test("a change that is made here to a workflow of the repository becomes a pull request, and the same change no second one", async () => {
  const standing = await workflowNamed("greet");
  const text = greet("Hello");
  interface Proposed {
    readonly is_changed: boolean;
    readonly proposal: { readonly execution_id: string };
  }
  for (let i = 0; i < 2; i++) {
    const answer = await api<Proposed>("PUT", `/api/workflows/${standing?.id}`, { text });
    expect(answer.is_changed).toBe(false);
    await eventually(
      () => api<{ status: string }>("GET", `/api/executions/${answer.proposal.execution_id}`),
      ({ status }) => status === "completed",
    );
  }
  const pulls = [...shop.issues.values()].filter(({ pull }) => pull !== null);
  expect(pulls).toMatchObject([{ title: "Change the workflow greet", state: "open" }]);
  const { pull } = pulls[0] ?? {};
  expect(shop.treeAt(pull?.headSha ?? "").get(workflowFile)).toBe(text);
  const merged = shop.mergePullRequest(pulls[0]?.number ?? 0);
  expect(shop.treeAt(merged).get(workflowFile)).toBe(text);
});

test("a command works on the incident that is meant, and its answer is changed in place", async () => {
  const headers = { authorization: `Bearer ${ingestKey}`, "content-type": "application/json" };
  const body = JSON.stringify({ error: { message: "no rate for XBT", severity: "info" } });
  const sent = await fetch(`${culprit.url}/api/ingest`, { method: "POST", headers, body });
  const { incident_id: incidentId } = (await sent.json()) as { incident_id: string };
  const [app, installation] = [[...github.state.apps.values()][0], [...github.state.installations.values()][0]];
  const { number } = shop.openIssue({
    title: "Rates",
    body: `See ${culprit.url}/incidents/${incidentId}`,
    author: "bob",
  });
  shop.collaborators.set("cleo", "admin");
  const command = "/culprit investigate";
  const payload = {
    action: "created",
    comment: { id: shop.comment(number, command, "cleo").id, body: command, user: { login: "cleo", type: "User" } },
    issue: { number, title: "Rates", body: shop.issues.get(number)?.body, user: { login: "bob" } },
    repository: { full_name: "acme/shop", default_branch: "main" },
    sender: { login: "cleo", type: "User" },
    installation: { id: installation?.id },
  };
  await github.deliver({ url: app?.hookUrl ?? "", secret: app?.webhookSecret ?? "", event: "issue_comment", payload });
  const answers = () => [...shop.comments.values()].filter(({ issue, author }) => issue === number && author.isBot);
  await eventually(
    async () => answers(),
    (all) => all.some(({ body: text }) => text.includes(incidentId) && text.includes("## What was weighed")),
  );
  expect(answers()).toHaveLength(1);
});

test("a set-up that this person did not begin is refused, and so is a code that GitHub does not know", async () => {
  const forged = await browse(`${culprit.url}/github/setup/callback?code=abc&state=forged`);
  expect([forged.status, forged.html]).toEqual([400, expect.stringContaining("was not begun here")]);
  const setup = await browse(`${culprit.url}/github/setup?host=${encodeURIComponent(github.webUrl)}`);
  const state = new URL(formOf(setup.html).action).searchParams.get("state") ?? "";
  const unknown = await browse(`${culprit.url}/github/setup/callback?code=abc&state=${encodeURIComponent(state)}`);
  expect([unknown.status, unknown.html]).toEqual([502, expect.stringContaining("did not hand out")]);
});

test("an installation that was there before is neither shown nor taken, and the project that has it goes on", async () => {
  const [app, installation] = [[...github.state.apps.values()][0], [...github.state.installations.values()][0]];
  if (app === undefined || installation === undefined) throw new Error("the fake has no app");
  const setup = await browse(`${culprit.url}/github/setup`);
  const link = new RegExp(`href="([^"]*/${app.slug}/installations/new[^"]*)"`).exec(setup.html)?.[1] ?? "";
  const state = new URL(link.replaceAll("&amp;", "&")).searchParams.get("state") ?? "";
  const back = (id: number) =>
    browse(
      `${culprit.url}/github/installed?installation_id=${id}&setup_action=install&state=${encodeURIComponent(state)}`,
    );
  const older = github.install(app, [github.addRepository("acme", "hidden-plans")]);
  older.createdAt = new Date(Date.now() - 3_600_000).toISOString();
  const refused = await back(older.id);
  expect([refused.status, refused.html]).toEqual([403, expect.stringContaining("installed before")]);
  expect(refused.html).toContain("installing it anew");
  expect(refused.html).not.toContain("hidden-plans");
  installation.createdAt = older.createdAt;
  expect((await back(installation.id)).html).toContain("acme/shop");
});

/** The answer to a call that announces a body and never sends it. */
function statusBeforeBody(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": "4000000" };
    const call = requestOf(`${culprit.url}${path}`, { method: "POST", headers }, (answer) => {
      resolve(answer.statusCode);
      call.destroy();
    });
    call.on("error", reject);
    call.flushHeaders();
  });
}

test("a webhook's address is looked up before the body is read, and a body that is too large is refused", async () => {
  expect(await statusBeforeBody("/hooks/i/nowhere")).toBe(404);
  expect(await statusBeforeBody("/hooks/github/int_01890a5d-ac96-774b-bcce-b302099a8057")).toBe(404);
  const app = [...github.state.apps.values()][0];
  const body = Buffer.alloc(6 * 1024 * 1024, 32);
  const headers = { "content-type": "application/json" };
  const large = await fetch(app?.hookUrl ?? "", { method: "POST", headers, body });
  expect(large.status).toBe(413);
});
