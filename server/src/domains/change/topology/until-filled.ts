import type { Topology } from "./topology-port.ts";

/** What a filling changes is asked this often. */
const ASK_MS = 2_000;

/**
 * The copy once it was filled, the record until then: `engine` says which of them answers, and `check` that it is being filled. A copy that was filled and is
 * away is an error: nothing takes its place.
 */
export function untilFilled(copy: Topology, record: Topology, isFilled: () => Promise<boolean>): Topology {
  let current = record;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  const now = async () => {
    if (performance.now() - askedAtMs > ASK_MS) {
      current = (await isFilled()) ? copy : record;
      askedAtMs = performance.now();
    }
    return current;
  };
  return {
    get engine() {
      return current.engine;
    },
    dependenciesOf: async (query) => (await now()).dependenciesOf(query),
    dependentsOf: async (query) => (await now()).dependentsOf(query),
    neighbourhood: async (query) => (await now()).neighbourhood(query),
    commitsTouching: async (query) => (await now()).commitsTouching(query),
    check: () => copy.check(),
    close: async () => {
      await copy.close();
      await record.close();
    },
  };
}
