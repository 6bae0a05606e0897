import { provesProvider } from "../provider-conformance.ts";
import { testNow } from "../shared/connect.fixture.ts";
import { type FakeRequest, startFakeVendor } from "../start-fake-vendor.ts";
import { gitea } from "./provider.ts";

const base_url = "https://git.example.org";
const answering = (status: number) => ({ kind: "answer", answer: { status, body: { message: "no" } } }) as const;
/** https://docs.gitea.com/api: who the token is, and what it may do in a repository. */
const documented = ({ path }: FakeRequest) =>
  path === "/api/v1/user"
    ? { status: 200, body: { id: 1, login: "culprit" } }
    : { status: 200, body: { permissions: { admin: false, push: true, pull: true } } };

provesProvider(gitea, {
  now: testNow,
  config: { base_url, repositories: ["acme/shop"] },
  credentials: { token: "a-token-of-gitea" },
  refusedConfigs: [
    { name: "no address", config: {} },
    { name: "what is no repository", config: { base_url, repositories: ["../shop"] } },
  ],
  refusedCredentials: [{ name: "no token", credentials: {} }],
  startFake: () => startFakeVendor(documented),
  health: {
    expired: { fake: answering(401), says: /Enter a new token/ },
    missingScope: { fake: answering(403), says: /Enter a new token/ },
    revoked: { skipped: "a token that was revoked is answered as a wrong one" },
  },
});
