import type { TopologyReply } from "@culprit/contract";
import { Link } from "@tanstack/react-router";
import { Time } from "../ui/time.tsx";
import { NodeIcon } from "./node-icon.tsx";
import { kindWords, openIncidents } from "./topology-words.ts";

type Node = TopologyReply["nodes"][number];

const sourceWords = { traces: "seen in traces", kubernetes: "told by Kubernetes", manual: "said by somebody" } as const;

interface TopologyListProps {
  readonly topology: TopologyReply;
  readonly project: string;
  readonly troubles: ReadonlyMap<string, number>;
}

/** What the map shows, in words: every node with whom it calls, nearest first. */
export function TopologyList({ topology, project, troubles }: TopologyListProps) {
  const byKey = new Map(topology.nodes.map((node) => [node.key, node]));
  const calls = Map.groupBy(topology.edges, ({ from }) => from);
  const nodes = topology.nodes.toSorted((a, b) => a.hops - b.hops || (a.name < b.name ? -1 : 1));
  const link = (node: Node | undefined, key: string) => (
    <Link
      to="/services"
      search={{ project, service: key, environment: topology.environment }}
      className="link font-medium text-ink"
    >
      {node?.name ?? key}
    </Link>
  );
  return (
    <ul
      aria-label="Who calls whom"
      className="max-h-96 overflow-auto rounded-lg border border-line bg-panel text-[0.8125rem]"
    >
      {nodes.map((node) => {
        const called = calls.get(node.key) ?? [];
        const incidents = troubles.get(node.key) ?? 0;
        return (
          <li
            key={node.key}
            className="grid grid-cols-[1rem_minmax(0,1fr)] gap-x-2.5 border-t border-line px-3 py-2 first:border-0"
          >
            <NodeIcon kind={node.kind} className="mt-0.5 text-ink-3" />
            <p className="min-w-0 text-ink-2 [overflow-wrap:anywhere]">
              {link(node, node.key)} <span className="text-ink-3">({kindWords(node)})</span>
              {incidents > 0 && (
                <strong className="font-semibold text-bad">
                  {" "}
                  has {openIncidents(incidents)}
                  {called.length > 0 && " and"}
                </strong>
              )}
              {called.length > 0 && " calls "}
              {called.map(({ to, source, last_seen_at }, index) => (
                <span key={to}>
                  {index > 0 && ", "}
                  {link(byKey.get(to), to)}{" "}
                  <span className="text-ink-3">
                    ({sourceWords[source]} <Time at={last_seen_at} />)
                  </span>
                </span>
              ))}
              {called.length === 0 && incidents === 0 && " calls nothing that is known"}.
            </p>
          </li>
        );
      })}
    </ul>
  );
}
