import type { IncidentDetail } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { readTopology } from "../api/catalogue-requests.ts";
import { HopsSelect } from "../topology/hops-select.tsx";
import { TopologyMap } from "../topology/topology-map.tsx";
import { nameOfKey } from "../topology/topology-words.ts";
import { useTroubles } from "../topology/use-troubles.ts";
import { Section } from "../ui/section.tsx";

interface CulpritMapProps {
  readonly incident: IncidentDetail;
  /** The component that is held to be the cause. */
  readonly component: string;
}

/** Where the component stands that is held to be the cause: who calls it, and what it calls. Nothing where no call of it is known. */
export default function CulpritMap({ incident, component }: CulpritMapProps) {
  const { project_id: project, environment } = incident;
  const [hops, setHops] = useState(1);
  const place = { project, service: component, environment, hops };
  const { data } = useQuery({
    queryKey: ["topology", place],
    queryFn: ({ signal }) => readTopology(place, signal),
    staleTime: 60_000,
    retry: false,
    // What is there stays until what is farther has come.
    placeholderData: (before) => before,
  });
  const troubles = useTroubles(project, data);
  if (!data || data.edges.length === 0) return null;
  const isBlamed = incident.verdict === "confirmed" || incident.verdict === "likely";
  return (
    <Section
      id="around"
      title="Where it stands"
      aside={
        <>
          <span>callers left, what it calls right</span>
          <Link to="/services" search={{ project, service: component, environment }} className="link">
            More of {nameOfKey(component)}
          </Link>
          <span className="ml-auto">
            <HopsSelect hops={hops} max={3} onChange={setHops} />
          </span>
        </>
      }
    >
      <TopologyMap topology={data} project={project} troubles={troubles} culprit={isBlamed ? component : null} />
    </Section>
  );
}
