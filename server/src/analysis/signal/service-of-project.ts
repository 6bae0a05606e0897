/**
 * The name of the service that a project is where its signals name none: the project's own, in the form that services have.
 * `My Shop` is `my-shop`. It leaves a name that has this form as it is, so it also tells whether two names mean the same.
 */
export function serviceOfProject(projectName: string): string {
  return projectName.toLowerCase().replace(/[ ._-]+/g, "-");
}
