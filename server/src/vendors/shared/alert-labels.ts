type Labels = Readonly<Record<string, string>>;

/** Labels that name the service, the most telling first: what people call it before where it runs. */
const serviceLabels = ["service", "service_name", "app", "app_kubernetes_io_name", "application", "deployment", "job"];
const environmentLabels = ["environment", "env", "deployment_environment", "stage"];

/** The service that an alert's labels name, or null. */
export function serviceOf(labels: Labels): string | null {
  return firstOf(labels, serviceLabels);
}

/** The environment that an alert's labels name, or null. */
export function environmentOf(labels: Labels): string | null {
  return firstOf(labels, environmentLabels);
}

function firstOf(labels: Labels, names: readonly string[]): string | null {
  for (const name of names) {
    const value = labels[name];
    if (value !== undefined && value !== "") return value;
  }
  return null;
}
