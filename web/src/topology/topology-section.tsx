import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ApiFailure } from "../api/api-failure.ts";
import { readTopology } from "../api/catalogue-requests.ts";
import { EmptyPart } from "../ui/empty-part.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { Section } from "../ui/section.tsx";
import { HopsSelect } from "./hops-select.tsx";
import { TopologyList } from "./topology-list.tsx";
import { TopologyMap } from "./topology-map.tsx";
import { useTroubles } from "./use-troubles.ts";

interface TopologySectionProps {
  readonly project: string;
  readonly service: string;
  readonly environment: string;
}

/** Who calls whom around a place, as a picture and in words. */
export function TopologySection({ project, service, environment }: TopologySectionProps) {
  const [hops, setHops] = useState(2);
  const place = { project, service, environment, hops };
  const { data, error } = useQuery({
    queryKey: ["topology", place],
    queryFn: ({ signal }) => readTopology(place, signal),
    refetchInterval: 30_000,
    retry: false,
    placeholderData: (before) => (before?.service === service ? before : undefined),
  });
  const troubles = useTroubles(project, data);
  const isUnknown = error instanceof ApiFailure && error.status === 404;
  return (
    <Section
      id="map"
      title="Who calls whom"
      aside={
        <>
          <span>callers left, what it calls right</span>
          <span className="ml-auto">
            <HopsSelect hops={hops} max={5} onChange={setHops} />
          </span>
        </>
      }
    >
      {error && !isUnknown && <FailureNote error={error} />}
      {isUnknown && (
        <EmptyPart>
          No call of it is known in {environment}. Send traces to <code className="font-mono">/v1/traces</code>, or say
          what it calls: <code className="font-mono">POST /api/topology</code>.
        </EmptyPart>
      )}
      {!data && !error && <div role="status" aria-label="Loading the map" className="h-48 rounded-lg bg-sunk" />}
      {data && (
        <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-3">
          <TopologyMap topology={data} project={project} troubles={troubles} />
          <TopologyList topology={data} project={project} troubles={troubles} />
        </div>
      )}
    </Section>
  );
}
