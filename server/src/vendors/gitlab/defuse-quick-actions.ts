/**
 * A text that GitLab takes for no order: a line of a description or a comment that begins with `/merge`, `/close` or the like is carried
 * out with the rights of whoever wrote it. The line stays readable.
 * @see https://docs.gitlab.com/user/project/quick_actions
 */
export function defuseQuickActions(markdown: string): string {
  return markdown.replace(/^([^\S\n]*(?:>[^\S\n]*)*)\/(?=[a-z_])/gim, "$1\u2060/");
}
