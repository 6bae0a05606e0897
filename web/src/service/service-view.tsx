import type { Project, Service } from "@culprit/contract";
import { Link, useNavigate } from "@tanstack/react-router";
import { TopologySection } from "../topology/topology-section.tsx";
import { environmentOfKey, isServiceKey, nameOfKey } from "../topology/topology-words.ts";
import { smallFieldLook } from "../ui/field.ts";
import { BackArrow } from "../ui/icons.tsx";
import { PathsForm } from "./paths-form.tsx";
import { RecentChanges } from "./recent-changes.tsx";
import { RedSection } from "./red-section.tsx";
import { RunningTable } from "./running-table.tsx";

interface ServiceViewProps {
  readonly project: Project;
  readonly serviceKey: string;
  /** As the catalogue knows it; null of what is only called, such as a database. */
  readonly service: Service | null;
  readonly environment: string | undefined;
}

/** One service, or one thing that services call: how it fares, who calls it, what runs and what changed. */
export function ServiceView({ project, serviceKey, service, environment: named }: ServiceViewProps) {
  const navigate = useNavigate();
  const known = service?.running.map((one) => one.environment) ?? [];
  const environment = named ?? known[0] ?? environmentOfKey(serviceKey);
  const environments = [...new Set([environment, ...known])];
  const isService = service !== null || isServiceKey(serviceKey);
  const place = { project: project.id, service: serviceKey, environment };
  return (
    <article aria-labelledby="service-name" className="min-w-0">
      <Link
        to="/services"
        search={{ project: project.id }}
        className="mb-2 inline-flex items-center gap-1.5 py-1 text-[0.8125rem] text-ink-2 hover:text-ink lg:hidden"
      >
        <BackArrow />
        All services
      </Link>
      <header className="mb-6 flex flex-wrap items-end gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-52">
          <h2 id="service-name" className="text-lg font-semibold tracking-tight [overflow-wrap:anywhere]">
            {service?.name ?? nameOfKey(serviceKey)}
          </h2>
          <p className="font-mono text-xs text-ink-3 [overflow-wrap:anywhere]">{serviceKey}</p>
        </div>
        {isService && (
          <Link
            to="/"
            search={{ project: project.id, service: service?.name ?? nameOfKey(serviceKey) }}
            className="link text-[0.8125rem]"
          >
            Its incidents
          </Link>
        )}
        {environments.length > 1 ? (
          <select
            aria-label="Environment"
            value={environment}
            onChange={(event) =>
              void navigate({ to: "/services", search: { ...place, environment: event.target.value } })
            }
            className={smallFieldLook}
          >
            {environments.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        ) : (
          <span className="text-[0.8125rem] text-ink-2">{environment}</span>
        )}
      </header>
      <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-9">
        {isService && <RedSection {...place} />}
        <TopologySection {...place} />
        {service && <RunningTable running={service.running} />}
        {isService && <RecentChanges {...place} service={service?.name ?? nameOfKey(serviceKey)} />}
        {service && <PathsForm key={service.id} service={service} />}
        {!service && !isService && (
          <p className="text-[0.8125rem] text-ink-2">
            It is no service of yours: Culprit knows it from those that call it.
          </p>
        )}
      </div>
    </article>
  );
}
