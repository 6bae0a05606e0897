import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ada, openIntegrationServices } from "../../../test/integration/integration-services.ts";
import { createProject } from "../domains/access/index.ts";
import { createIntegration, type IntegrationServices, updateIntegration } from "../domains/integration/index.ts";
import { pullRequestForgeOpener } from "./pull-request-forges.ts";

let services: IntegrationServices;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ services, close } = await openIntegrationServices());
});
afterAll(() => close());

async function connected() {
  const { id: projectId } = await createProject(services.database.db, { name: `p ${randomUUID()}` });
  const config = { repositories: ["acme/shop"] };
  const request = { projectId, type: "gitlab", name: "our lab", config, credentials: { token: "a-token" } };
  const integrationId = await createIntegration(services, services.database, ada, request);
  const open = () =>
    pullRequestForgeOpener(services, async () => {
      throw new Error("no app is asked for");
    })(projectId);
  const switchOff = (change: { isEnabled: boolean }) =>
    updateIntegration(services, services.database, ada, { integrationId, change });
  return { open, switchOff, integrationId };
}

test("the forge of an integration that is switched off is not opened, and the answer says which, why, and where it is switched on", async () => {
  const { open, switchOff, integrationId } = await connected();
  expect((await open()).repository).toBe("acme/shop");
  await switchOff({ isEnabled: false });
  await expect(open()).rejects.toMatchObject({
    code: "NOT_FOUND",
    message:
      'The integration "our lab", by which the repository is reached, is switched off. It is switched on again on its page under Integrations.',
  });
  await services.database.pool.query("UPDATE integrations SET health_reason = $2 WHERE id = $1", [
    integrationId,
    "The app was uninstalled on GitHub. Install it again at /github/setup.",
  ]);
  await expect(open()).rejects.toThrow("is switched off. The app was uninstalled on GitHub. Install it again");
});

test("a project without any integration with a forge is told how to connect one", async () => {
  const { id } = await createProject(services.database.db, { name: `p ${randomUUID()}` });
  const open = pullRequestForgeOpener(services, async () => {
    throw new Error("no app is asked for");
  });
  await expect(open(id)).rejects.toThrow("Add an integration with GitHub, GitLab, Gitea or Forgejo");
});
