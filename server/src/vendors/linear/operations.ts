/** The queries and mutations of Linear's GraphQL API that are used. @see https://linear.app/developers/graphql */

export const viewer = "query CulpritViewer { viewer { name } organization { name } }";

export const lookUp = `query CulpritLookUp($team: String!, $labels: [String!]!, $assignee: String!) {
  teams(filter: { or: [{ key: { eqIgnoreCase: $team } }, { name: { eqIgnoreCase: $team } }] }, first: 1) { nodes { id key } }
  issueLabels(filter: { name: { in: $labels } }, first: 50) { nodes { id name team { key } } }
  users(filter: { or: [{ email: { eqIgnoreCase: $assignee } }, { displayName: { eqIgnoreCase: $assignee } }] }, first: 1) { nodes { id } }
}`;

export const issueCreate = `mutation CulpritIssueCreate($input: IssueCreateInput!) {
  issueCreate(input: $input) { success issue { id identifier url } }
}`;

export const issueById = "query CulpritIssue($id: String!) { issue(id: $id) { id identifier url } }";

export const commentCreate = `mutation CulpritCommentCreate($input: CommentCreateInput!) {
  commentCreate(input: $input) { success comment { id url } }
}`;

export const commentById = "query CulpritComment($id: String!) { comment(id: $id) { id url } }";
