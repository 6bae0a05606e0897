/** What templates and conditions read as `event`: the payload, and its type. */
export function eventForTemplates(type: string, payload: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return { ...payload, type };
}
