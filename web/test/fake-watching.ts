import {
  changeListSchema,
  detectorInputSchema,
  detectorListSchema,
  detectorSchema,
  gateDryRunSchema,
  gateHistoryReplySchema,
  gatePolicyInputSchema,
  gatePolicyMoveSchema,
  gatePolicyViewSchema,
  incidentDecisionInputSchema,
  learningSchema,
  logLinesSchema,
  maintenanceInputSchema,
  maintenanceSchema,
  metricNamesSchema,
  metricSeriesSchema,
  runbookInputSchema,
  runbookListSchema,
  scrapeTargetInputSchema,
  scrapeTargetListSchema,
  scrapeTargetPatchSchema,
  searchSchema,
  serviceListSchema,
  servicePathsInputSchema,
  shadowListSchema,
  statsSchema,
  topologySchema,
  traceSchema,
} from "@culprit/contract";
import type { Automation } from "./fake-automation.ts";
import { figures } from "./fixtures/figures.ts";
import * as made from "./fixtures/watching.ts";

/** Something that a page asked the fake to change. */
export interface Write {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

const list = (items: readonly unknown[]) => ({ items, next_cursor: null });

/**
 * What the fake answers about services, telemetry, detection, learning and search, in the contract's shapes; undefined where it knows nothing. What
 * pages send is checked against the contract, and answered without being kept.
 */
export function answerWatching(write: Write, query: URLSearchParams, has: Automation): unknown {
  const { method, path, body } = write;
  const some = (items: readonly unknown[]) => list(has === "full" ? items : []);
  const route = `${method} ${path.replace(/\/(svc|mnt|rbk|scr|inc)_[^/]+/, "/:id").replace(/gate-policies\/\d+/, "gate-policies/:version")}`;
  switch (route) {
    case "GET /api/services": {
      const name = query.get("name");
      return serviceListSchema.parse(some(made.services.filter((one) => name === null || one.name === name)));
    }
    case "PUT /api/services/:id/paths":
      return servicePathsInputSchema.parse(body);
    case "GET /api/topology": {
      if (has === "empty") return undefined;
      const asked = query.get("service") ?? "";
      const service = asked.includes("/") || asked.includes(":") ? asked : `default/production/${asked}`;
      return topologySchema.parse(made.topology(service, Number(query.get("hops"))));
    }
    case "GET /api/changes":
      return query.has("service") ? changeListSchema.parse(some(made.changes)) : undefined;
    case "GET /api/telemetry/metrics":
      return metricNamesSchema.parse(has === "full" ? made.metricNames : { items: [], is_cut: false });
    case "GET /api/telemetry/series": {
      const metrics = query.getAll("metric");
      const [service, isExact] = [query.get("service"), query.get("exact") === "true"];
      const items = made.allSeries.filter(
        ({ metric, labels, service_key: key }) =>
          metrics.includes(metric) && (!isExact || Object.keys(labels).length === 0) && (service ?? key) === key,
      );
      const stepped = query.has("step_s") ? items.map((one) => onSteps(one, query)) : items;
      return metricSeriesSchema.parse({ step_s: 60, items: has === "full" ? stepped : [] });
    }
    case "GET /api/telemetry/logs": {
      const [words, template] = [query.get("words") ?? "", query.get("template_id")];
      const items = made.logLines.filter(
        (one) => one.body.includes(words) && (template === null || one.template_id === template),
      );
      return logLinesSchema.parse({ items: has === "full" ? items : [], ref: "postgres:log_records?" });
    }
    case `GET /api/telemetry/traces/${made.traceId}`:
      return has === "full" ? traceSchema.parse(made.trace) : undefined;
    case "GET /api/detectors":
      return detectorListSchema.parse({ items: has === "full" ? made.detectors : made.builtInDetectors });
    case "GET /api/maintenance-windows":
      return some(made.maintenance);
    case "POST /api/maintenance-windows": {
      const { ends_at, reason, service = null, environment = null } = maintenanceInputSchema.parse(body);
      const isKnown = service === null || made.services.some(({ name }) => name === service);
      const hints = isKnown ? [] : made.hintsOf(service);
      return maintenanceSchema.parse({ ...made.maintenance[0], service, environment, ends_at, reason, hints });
    }
    case "POST /api/maintenance-windows/:id/end":
      return maintenanceSchema.parse(made.maintenance[0]);
    case "GET /api/gate-policies":
      return list(has === "full" ? made.policies : [made.builtInPolicy]);
    case "POST /api/gate-policies":
      return gatePolicyViewSchema.parse({ ...made.policies[3], ...gatePolicyInputSchema.parse(body), version: 4 });
    case "POST /api/gate-policies/dry-run":
      gateDryRunSchema.parse(body);
      return gateHistoryReplySchema.parse(made.history);
    case "POST /api/gate-policies/:version/status":
      gatePolicyMoveSchema.parse(body);
      return list(made.policies);
    case "GET /api/gate-policies/:version/shadow":
      return shadowListSchema.parse(some([made.difference]));
    case "POST /api/incidents/:id/approve":
      return { ...incidentDecisionInputSchema.parse(body), status: "triaged" };
    case "POST /api/incidents/:id/suppress":
      return { ...incidentDecisionInputSchema.parse(body), status: "suppressed" };
    case "GET /api/learning":
      return learningSchema.parse(has === "full" ? made.learning : made.nothingLearnt);
    case "GET /api/stats":
      return statsSchema.parse(figures(Number(query.get("days") ?? 30), has));
    case "GET /api/search":
      return searchSchema.parse(has === "full" ? made.found : { items: [], missing: null });
    case "GET /api/scrape-targets":
      return scrapeTargetListSchema.parse(some(made.scrapeTargets));
    case "POST /api/scrape-targets":
      scrapeTargetInputSchema.parse(body);
      return made.scrapeTargets[0];
    case "PATCH /api/scrape-targets/:id":
      scrapeTargetPatchSchema.parse(body);
      return made.scrapeTargets[0];
    case "DELETE /api/scrape-targets/:id":
      return { success: true };
    case "GET /api/runbooks":
      return runbookListSchema.parse(some(made.runbooks));
    case "POST /api/runbooks":
      runbookInputSchema.parse(body);
      return { id: "rbk_3" };
    case "DELETE /api/runbooks/:id":
      return {};
    default:
      if (method === "PUT" && path.startsWith("/api/detectors/")) {
        const { reason } = detectorInputSchema.parse(body);
        return detectorSchema.parse({ ...made.detectors[0], reason });
      }
      return undefined;
  }
}

type Series = (typeof made.allSeries)[number];

/** The same course in the steps that were asked for. */
function onSteps(series: Series, query: URLSearchParams): Series {
  const [from, to] = ["from", "to"].map((name) => Date.parse(query.get(name) ?? "")) as [number, number];
  const stepMs = Number(query.get("step_s")) * 1000;
  const times = Array.from({ length: Math.round((to - from) / stepMs) }, (_, index) => from + index * stepMs);
  const { values } = series;
  return {
    ...series,
    times,
    values: times.map((_, at) => values[Math.floor((at * values.length) / times.length)] ?? 0),
  };
}
