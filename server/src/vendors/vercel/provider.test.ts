import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { provesProvider } from "../provider-conformance.ts";
import { connectTo, noSignal, someRequest, testNow } from "../shared/connect.fixture.ts";
import { startFakeVendor } from "../start-fake-vendor.ts";
import { mapVercel } from "./map-delivery.ts";
import { vercel } from "./provider.ts";

const secret = "vercel-webhook-secret";
const token = "vercel-api-token-of-somebody";
const sha = "a".repeat(40);
const answering = (status: number) =>
  ({ kind: "answer", answer: { status, body: { error: { code: "forbidden" } } } }) as const;

/** As Vercel's page of the webhooks API prints it, shortened. */
const real = (type: string) => ({
  id: "uev_1Fkdh3k2",
  type,
  createdAt: 1767268800000,
  region: "sfo1",
  payload: {
    team: { id: "team_x" },
    project: { id: "prj_1" },
    target: "production",
    deployment: {
      id: "dpl_1",
      name: "shop",
      url: "shop-abc.vercel.app",
      meta: { githubCommitSha: sha, githubCommitRef: "main", githubOrg: "acme", githubRepo: "shop" },
    },
    links: { deployment: "https://vercel.com/acme/shop/1", project: "https://vercel.com/acme/shop" },
  },
});
/** As the document of System 1 has it. */
const documented = {
  type: "deployment.error",
  payload: {
    ...{ deploymentId: "dpl_2", name: "shop", url: "shop-def.vercel.app" },
    meta: { githubCommitSha: sha, githubRepoOwner: "acme", githubRepo: "shop" },
    error: { message: "Build failed", code: "BUILD_FAILED" },
  },
};
const flat = { state: "ERROR", name: "shop", url: "shop-ghi.vercel.app", meta: { projectId: "proj_1" } };

function hook(payload: object) {
  const body = JSON.stringify(payload);
  return someRequest(body, { "x-vercel-signature": createHmac("sha1", secret).update(body).digest("hex") });
}
const log = [
  { type: "stdout", created: 1, text: "Installing" },
  { type: "stderr", created: 3, payload: { text: "\u001b[31mError: Cannot find module 'left-pad'\u001b[0m" } },
  { type: "stdout", created: 2, text: "Building" },
];
const startFake = () =>
  startFakeVendor(({ path, headers }) => {
    if (headers.authorization !== `Bearer ${token}`) return { status: 403, body: { error: { code: "forbidden" } } };
    if (path.startsWith("/v2/user")) return { status: 200, body: { user: { username: "ada" } } };
    return path.startsWith("/v3/deployments/dpl_1/events") ? { status: 200, body: log } : { status: 404 };
  });

provesProvider(vercel, {
  now: testNow,
  config: {},
  credentials: { webhook_secret: secret, token },
  refusedConfigs: [{ name: "a team that is none", config: { team_id: "../x" } }],
  refusedCredentials: [{ name: "no secret", credentials: { webhook_secret: "" } }],
  startFake,
  incoming: {
    deliveries: [
      {
        name: "a failed deployment",
        request: hook(real("deployment.error")),
        meanings: [
          {
            kind: "alert",
            alert: {
              ...{ status: "firing", fingerprint: "vercel:deployment:shop (production)" },
              ...{ title: "Deployment failed: shop (production)", description: "", severity: "high" },
              ...{ service: "shop", environment: "production", startsAt: testNow, endsAt: null },
              labels: {
                kind: "deployment",
                deployment: "dpl_1",
                commit: sha,
                repository: "acme/shop",
                branch: "main",
                target: "production",
              },
              url: "https://vercel.com/acme/shop/1",
            },
          },
        ],
      },
    ],
    signsBody: true,
    otherCredentials: { webhook_secret: "another-secret" },
    replayWindowS: { skipped: "Vercel signs no time of sending; a delivery's id is taken once" },
  },
  health: {
    expired: { fake: answering(403), says: /Enter a token/ },
    missingScope: { fake: answering(401), says: /may read the team/ },
    revoked: { skipped: "a token that was deleted is answered as a wrong one" },
  },
});

test("the documented form and the flat one are failures too, with their reason", () => {
  expect(mapVercel(documented, testNow)).toMatchObject([
    {
      alert: {
        ...{ status: "firing", description: "BUILD_FAILED: Build failed", url: "https://shop-def.vercel.app" },
        labels: { commit: sha, repository: "acme/shop", deployment: "dpl_2" },
      },
    },
  ]);
  expect(mapVercel(flat, testNow)).toMatchObject([
    { alert: { status: "firing", fingerprint: "vercel:deployment:shop" } },
  ]);
});

test("a deployment that succeeds ends the failure before it and is answered as documented; other news is ignored", () => {
  const [failed] = mapVercel(real("deployment.error"), testNow);
  const [succeeded] = mapVercel(real("deployment.succeeded"), testNow);
  if (failed?.kind !== "alert" || succeeded?.kind !== "alert") throw new Error("no alert");
  expect(succeeded.alert).toMatchObject({ status: "resolved", fingerprint: failed.alert.fingerprint });
  expect(mapVercel(real("project.created"), testNow)).toMatchObject([{ kind: "ignored" }]);
  const answerOf = (body: object) => vercel.incoming?.answer?.(vercel.incoming.read(hook(body)));
  expect(answerOf(real("deployment.succeeded"))).toEqual({ status: 200, body: { message: "Deployment succeeded" } });
  expect(answerOf({ state: "READY", name: "shop" })).toEqual({
    status: 200,
    body: { message: "Deployment succeeded" },
  });
  expect(answerOf(real("deployment.error"))).toBeNull();
});

test("the same delivery has the same id, and one that names nothing is refused with what to send", () => {
  const read = (body: object) => vercel.incoming?.read(hook(body)).deliveryId;
  expect(read(real("deployment.error"))).toBe("uev_1Fkdh3k2");
  expect(read(documented)).toBe(read(documented));
  expect(() => read({ hello: "world" })).toThrow(/Deployment Error/);
});

test("the end of a failed build's log is read in its order, without colours; without a token none is", async () => {
  const fake = await startFake();
  try {
    const delivery = vercel.incoming?.read(hook(real("deployment.error")));
    if (delivery === undefined) throw new Error("nothing was read");
    const excerptBy = (credentials: object) =>
      vercel.incoming?.excerpt?.(
        delivery,
        connectTo(vercel, fake, { config: { team_id: "team_1" }, credentials }),
        noSignal,
      );
    expect(await excerptBy({ webhook_secret: secret, token })).toBe(
      "Installing\nBuilding\nError: Cannot find module 'left-pad'",
    );
    expect(await excerptBy({ webhook_secret: secret })).toBeNull();
  } finally {
    await fake.close();
  }
});
