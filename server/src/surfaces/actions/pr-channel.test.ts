import { afterAll, beforeAll, expect, it } from "vitest";
import { type ActionBench, openActionBench } from "../../../../test/actions/action-bench.ts";
import type { FakeRepository } from "../../../../test/fakes/github/repository.ts";
import { ada, openIntegrationServices } from "../../../../test/integration/integration-services.ts";
import { createProject } from "../../domains/access/index.ts";
import { createIntegration, type IntegrationServices } from "../../domains/integration/index.ts";
import { recordAt, textAt } from "../../vendors/shared/read-body.ts";
import { type FakeVendor, startFakeVendor } from "../../vendors/start-fake-vendor.ts";

let bench: ActionBench;
let slack: FakeVendor;
let repository: FakeRepository;
let integrations: Awaited<ReturnType<typeof openIntegrationServices>>;
let projectId: string;

/** A fake of Slack's web API with channels only. */
function startFakeSlack(): Promise<FakeVendor> {
  const channels: { id: string; name: string; is_archived: boolean }[] = [];
  return startFakeVendor(({ path, json }) => {
    const answer = (body: object) => ({ status: 200, body });
    const body = recordAt(json);
    const channel = channels.find(({ id }) => id === body.channel);
    if (path === "/api/conversations.create") {
      if (channels.some(({ name }) => name === body.name)) return answer({ ok: false, error: "name_taken" });
      channels.push({ id: `C${channels.length}`, name: String(body.name), is_archived: false });
      return answer({ ok: true, channel: channels.at(-1) });
    }
    if (path === "/api/conversations.list") return answer({ ok: true, channels });
    if (path === "/api/chat.postMessage") return answer({ ok: true, channel: body.channel, ts: "1.1" });
    if (channel !== undefined && path === "/api/conversations.archive") channel.is_archived = true;
    if (channel !== undefined && path === "/api/conversations.unarchive") channel.is_archived = false;
    return answer({ ok: true });
  });
}

beforeAll(async () => {
  [integrations, slack] = await Promise.all([openIntegrationServices(), startFakeSlack()]);
  const { services } = integrations;
  const throughFake: IntegrationServices = {
    ...services,
    http: {
      request: (request) => {
        const { pathname, search } = new URL(request.url);
        return services.http.request({ ...request, url: `${slack.url}${pathname}${search}` });
      },
    },
  };
  bench = await openActionBench({ integrations: throughFake });
  projectId = (await createProject(services.database.db, { name: "shop" })).id;
  await createIntegration(services, services.database, ada, {
    projectId,
    type: "axolo",
    name: "channels",
    config: { channel: "C0123456789", people: { octocat: "U0000000OCT" } },
    credentials: { bot_token: "xoxb-17653672481-19874698323", signing_secret: "8f742231b10e8888abcd99yyyzzz85a5" },
  });
  repository = bench.github.addRepository("acme", "shop", { "README.md": "# Shop\n" });
  repository.commit("mend", { "a.ts": "x\n" }, { message: "Mend" });
  repository.openPullRequest({ title: "Mend the total", head: "mend" });
});
afterAll(async () => {
  await bench.close();
  await slack.close();
  await integrations.close();
});

const run = (operation: string, executionId: string) =>
  bench.run(
    "pr_channel",
    { do: operation, message: operation === "open" ? "Ada, please look" : "" },
    { projectId, executionId, event: { repository: "acme/shop", number: 1 } },
  );

it("opens one channel for a pull request whatever is repeated, says there what is to be said, and puts it away", async () => {
  expect(await run("open", "e1")).toEqual({ channel: "C0", channel_name: "pr-shop-1" });
  expect(await run("open", "e2")).toEqual({ channel: "C0", channel_name: "pr-shop-1" });
  const topic = slack.requests.find(({ path }) => path.endsWith("setTopic"));
  expect(textAt(topic?.json, "topic")).toMatch(/^Mend the total http/);
  expect(await run("archive", "e3")).toEqual({ channel: "C0", channel_name: "pr-shop-1" });
  expect(await run("archive", "e4")).toEqual({ channel: null, channel_name: null });
  const said = slack.requests.find(({ path }) => path === "/api/chat.postMessage");
  expect(textAt(said?.json, "channel")).toBe("C0");
  expect(said?.body).toContain("Ada, please look");
});

it("names what to do where the project has no integration that makes channels", async () => {
  const { id } = await createProject(integrations.services.database.db, { name: "empty" });
  const facts = { projectId: id, event: { repository: "acme/shop", number: 1 } };
  await expect(bench.run("pr_channel", { do: "open" }, facts)).rejects.toThrow(
    /no integration of the name or type "axolo"/,
  );
});
