import type { TopologyReply } from "@culprit/contract";
import { Link } from "@tanstack/react-router";
import { useEffect, useId, useRef } from "react";
import { cx } from "../ui/cx.ts";
import { ScrollBox } from "../ui/scroll-box.tsx";
import { layoutMap, type PlacedNode } from "./layout-map.ts";
import { NodeIcon } from "./node-icon.tsx";
import { kindWords, openIncidents } from "./topology-words.ts";

const box = { width: 168, height: 46, gapX: 64, gapY: 12, margin: 16 };

interface TopologyMapProps {
  readonly topology: TopologyReply;
  readonly project: string;
  /** How many incidents stand open, by the key of a node. */
  readonly troubles: ReadonlyMap<string, number>;
  /** The node that is held to be the cause, where the map belongs to an incident. */
  readonly culprit?: string | null;
}

/** Who calls whom around a place: callers left, what it calls right, each node a link to its own place. */
export function TopologyMap({ topology, project, troubles, culprit = null }: TopologyMapProps) {
  const scroller = useRef<HTMLElement>(null);
  const arrow = useId();
  const { service: center, nodes, edges } = topology;
  const layout = layoutMap(center, nodes, edges);
  const width = layout.layers.length * (box.width + box.gapX) - box.gapX + 2 * box.margin;
  const height = layout.rows * (box.height + box.gapY) - box.gapY + 2 * box.margin;
  const columnOf = new Map(layout.layers.map((layer, index) => [layer, index]));
  const at = ({ layer, row }: PlacedNode) => ({
    x: box.margin + (columnOf.get(layer) ?? 0) * (box.width + box.gapX),
    y: box.margin + row * (box.height + box.gapY),
  });
  const byKey = new Map(layout.placed.map((one) => [one.node.key, one]));
  const middle = byKey.get(center);
  const middleX = middle ? at(middle).x + box.width / 2 : 0;
  // On a narrow screen the place that was asked about is what is looked for.
  useEffect(() => {
    if (scroller.current) scroller.current.scrollLeft = middleX - scroller.current.clientWidth / 2;
  }, [middleX]);
  return (
    <ScrollBox
      ref={scroller}
      label="Map of who calls whom"
      className="max-h-[36rem] overflow-auto rounded-lg border border-line bg-sunk"
    >
      <div className="relative mx-auto" style={{ width, height }}>
        <svg aria-hidden="true" className="absolute inset-0 text-edge" width={width} height={height}>
          <defs>
            <marker id={arrow} viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="m1 1 6 3-6 3" fill="none" stroke="currentColor" strokeWidth="1.4" />
            </marker>
          </defs>
          {edges.map(({ from, to, source }) => {
            const [one, other] = [byKey.get(from), byKey.get(to)];
            if (!one || !other) return null;
            const isMarked = culprit !== null && (from === culprit || to === culprit);
            return (
              <path
                key={`${from} ${to}`}
                d={curve(at(one), at(other))}
                fill="none"
                stroke="currentColor"
                className={isMarked ? "text-ink-2" : undefined}
                strokeWidth={isMarked ? 1.8 : 1.2}
                strokeDasharray={source === "traces" ? undefined : "5 3"}
                markerEnd={`url(#${arrow})`}
              />
            );
          })}
        </svg>
        <ul aria-label="Map" className="contents">
          {layout.placed
            .toSorted((a, b) => a.layer - b.layer || a.row - b.row)
            .map((one) => {
              const { x, y } = at(one);
              return (
                <li key={one.node.key} className="absolute" style={{ left: x, top: y }}>
                  <MapNode
                    node={one.node}
                    isCenter={one.node.key === center}
                    isCulprit={one.node.key === culprit}
                    incidents={troubles.get(one.node.key) ?? 0}
                    search={{ project, service: one.node.key, environment: topology.environment }}
                  />
                </li>
              );
            })}
        </ul>
      </div>
      {layout.left.length > 0 && (
        <p className="sticky left-0 px-4 pb-3 text-xs text-ink-3">
          {layout.left.length} more are left out of the picture; the list below has them all.
        </p>
      )}
    </ScrollBox>
  );
}

interface MapNodeProps {
  readonly node: TopologyReply["nodes"][number];
  readonly isCenter: boolean;
  readonly isCulprit: boolean;
  readonly incidents: number;
  readonly search: { readonly project: string; readonly service: string; readonly environment: string };
}

function MapNode({ node, isCenter, isCulprit, incidents, search }: MapNodeProps) {
  const trouble = incidents === 0 ? null : openIncidents(incidents);
  return (
    <Link
      to="/services"
      search={search}
      aria-current={isCenter ? "true" : undefined}
      title={node.key}
      style={{ width: box.width, height: box.height }}
      className={cx(
        "flex items-center gap-2 rounded-md border bg-panel px-2.5 hover:border-ink",
        isCenter ? "border-ink ring-1 ring-ink" : "border-edge",
        trouble !== null && "border-bad",
      )}
    >
      <NodeIcon kind={node.kind} className="text-ink-2" />
      <span className="min-w-0 flex-1 leading-4">
        <span className={cx("block truncate text-[0.8125rem]", isCenter && "font-semibold")}>
          {isCulprit ? <mark className="marked">{node.name}</mark> : node.name}
        </span>
        <span className={cx("block truncate text-2xs", trouble === null ? "text-ink-3" : "font-semibold text-bad")}>
          {trouble ?? kindWords(node)}
        </span>
      </span>
    </Link>
  );
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** From the right side of one box to the left side of the other; around the outside where both stand in one layer, or the call goes back. */
function curve(from: Place, to: Place): string {
  const start = { x: from.x + box.width, y: from.y + box.height / 2 };
  const end = { x: to.x - 1, y: to.y + box.height / 2 };
  if (end.x > start.x) {
    const bend = (end.x - start.x) / 2;
    return `M${start.x} ${start.y}C${start.x + bend} ${start.y} ${end.x - bend} ${end.y} ${end.x} ${end.y}`;
  }
  const side = box.gapX / 2;
  if (from.x === to.x) {
    const right = to.x + box.width + 1;
    return `M${start.x} ${start.y}C${start.x + side} ${start.y} ${right + side} ${end.y} ${right} ${end.y}`;
  }
  const [backwards, forwards] = [
    { ...start, x: from.x },
    { ...end, x: to.x + box.width + 1 },
  ];
  const bend = Math.max(side, (backwards.x - forwards.x) / 2);
  const lift = backwards.y === forwards.y ? box.height : 10;
  return `M${backwards.x} ${backwards.y + 8}C${backwards.x - bend} ${backwards.y + lift} ${forwards.x + bend} ${forwards.y + lift} ${forwards.x} ${forwards.y + 8}`;
}
