import { provesProvider } from "../provider-conformance.ts";
import { testNow } from "../shared/connect.fixture.ts";
import { type FakeRequest, startFakeVendor } from "../start-fake-vendor.ts";
import { gitlab } from "./provider.ts";

const base_url = "https://git.example.org";
const answering = (status: number) => ({ kind: "answer", answer: { status, body: { message: "no" } } }) as const;
/** https://docs.gitlab.com/api/users and /api/projects: who the token is, and what it may do in a project. */
const documented = ({ path }: FakeRequest) =>
  path === "/api/v4/user"
    ? { status: 200, body: { id: 1, username: "culprit", name: "Culprit" } }
    : {
        status: 200,
        body: {
          id: 3,
          default_branch: "main",
          permissions: { project_access: { access_level: 30, notification_level: 3 }, group_access: null },
        },
      };

provesProvider(gitlab, {
  now: testNow,
  config: { base_url, repositories: ["acme/team/shop"] },
  credentials: { token: "glpat-a-token-of-gitlab" },
  refusedConfigs: [
    { name: "no address", config: { base_url: "git" } },
    { name: "what is no project", config: { repositories: ["../shop"] } },
    { name: "a path that climbs", config: { repositories: ["acme/../shop"] } },
    { name: "a name without a group", config: { repositories: ["shop"] } },
  ],
  refusedCredentials: [{ name: "no token", credentials: {} }],
  startFake: () => startFakeVendor(documented),
  health: {
    expired: { fake: answering(401), says: /Enter a new token/ },
    missingScope: { fake: answering(403), says: /Enter a new token/ },
    revoked: { skipped: "a token that was revoked is answered as a wrong one" },
  },
});
