/** What conditions and templates can name. Everything in it is hostile data: values, never code. */
export interface Scope {
  /** What started the execution: the payload of the event, the webhook's call; `{}` for schedules and people. */
  readonly event: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Finished steps by id: `steps.x.status`, `steps.x.outputs.y`. */
  readonly steps: Readonly<Record<string, { readonly status: string; readonly outputs: unknown }>>;
  readonly workflow: { readonly id: string; readonly name: string; readonly version: number };
  readonly execution: { readonly id: string; readonly trigger: string; readonly url: string };
  readonly project: { readonly id: string; readonly name: string };
  /** The incident it is about: id, title, severity, status, environment, service, error_type, url; null without one. */
  readonly incident: Readonly<Record<string, unknown>> | null;
  /** In `on_failure` only. */
  readonly failure?: { readonly step: string; readonly reason: string };
  /** `for_each` puts its item here under the name of `as`, and `index`. */
  readonly locals?: Readonly<Record<string, unknown>>;
}

/** Secrets by name, for templates of `with` only: never for conditions, which are stored with the values they saw. */
export type Secrets = Readonly<Record<string, string>>;
