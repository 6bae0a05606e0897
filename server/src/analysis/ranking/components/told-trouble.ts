import type { Component, ComponentKind, Edge } from "../../observations/observations.ts";

/** Words of those who are flooded: somebody else's slowness, or too much load, shows in them sooner than a fault of one's own. */
const flooded =
  /overload|queue (?:is )?full|too many (?:requests|connections|clients)|rate.?limit|throttl|back ?pressure|from the pool|pool (?:is )?exhausted|client closed|broken pipe|cancell?ed|waiting for/i;
const FLOODED = 0.35;
/** Who names another one in a line of trouble mostly reports. */
const REPORTING = 0.3;
const NAME_MIN = 4;

/** A connection to another system that was not made or not answered. */
const unanswered =
  /ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|connect(?:ion)?\b.{0,40}\b(?:refused|reset|timed? ?out|timeout)|(?:refused|timed? ?out|timeout)\b.{0,30}\bconnect|could not connect|can't connect|failed to connect|server closed the connection/i;
/** The ports that the protocols were given, and the words of their drivers. */
const protocols: readonly { readonly kind: ComponentKind; readonly words: RegExp }[] = [
  {
    kind: "database",
    words:
      /:(?:5432|3306|1433|1521|27017|9042|26257)\b|\b(?:postgres\w*|psycopg\d?|pg_\w+|SQLSTATE|mysql\w*|mariadb|mongo\w*|jdbc|database)\b/i,
  },
  { kind: "cache", words: /:(?:6379|11211)\b|\b(?:redis|memcached?|valkey)\b/i },
  { kind: "queue", words: /:(?:5672|9092|4222|61616)\b|\b(?:amqp|rabbitmq|kafka|nats)\b/i },
];

/** How a line of trouble is shared between who writes it and whom it names: what of its strength is the writer's, and who is named. */
export interface ToldTrouble {
  readonly own: number;
  readonly named: readonly string[];
}

/** Reads who a line of trouble speaks of: whom it names, or else the one callee of its kind that did not answer. */
export function whoIsToldOf(
  line: string,
  writer: string,
  { components, edges }: { readonly components: readonly Component[]; readonly edges: readonly Edge[] },
): ToldTrouble {
  const byName = components
    .filter(({ key, name }) => key !== writer && name.length >= NAME_MIN && mentions(line, name))
    .map(({ key }) => key);
  const named = byName.length > 0 ? byName : unansweredCallee(line, writer, components, edges);
  return { own: (named.length > 0 ? REPORTING : 1) * (flooded.test(line) ? FLOODED : 1), named };
}

/** The callee that a refused or unanswered connection must be: the only one of the kind that the port or the driver tells; none where two would fit. */
function unansweredCallee(
  line: string,
  writer: string,
  components: readonly Component[],
  edges: readonly Edge[],
): readonly string[] {
  const kind = unanswered.test(line) ? protocols.find(({ words }) => words.test(line))?.kind : undefined;
  if (kind === undefined) return [];
  const called = new Set(edges.flatMap(({ from, to }) => (from === writer && to !== writer ? [to] : [])));
  const fitting = components.filter((one) => called.has(one.key) && one.kind === kind).map(({ key }) => key);
  return fitting.length === 1 ? fitting : [];
}

function mentions(text: string, name: string): boolean {
  const isEdge = (char: string | undefined) => char === undefined || !/[\w-]/.test(char);
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
    if (isEdge(text[at - 1]) && isEdge(text[at + name.length])) return true;
  return false;
}
