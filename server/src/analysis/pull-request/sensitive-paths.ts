/** Where a change is riskier than its size says, and why. The first that matches counts. */
export const sensitivePaths: readonly { readonly pattern: RegExp; readonly area: string }[] = [
  { area: "secrets", pattern: /(?:^|\/)(?:\.env(?:\.[\w-]+)?|\.npmrc|\.netrc|[^/]*\.(?:pem|key|p12|pfx))$/i },
  {
    area: "authentication",
    pattern:
      /(?:^|[/_.-])(?:auth|authn|authz|login|session|oauth|permissions?|acl|rbac|csrf|jwt|passwords?|crypto)(?:[/_.-]|$)/i,
  },
  { area: "payments", pattern: /(?:^|[/_.-])(?:payments?|billing|checkout|invoices?|refunds?)(?:[/_.-]|$)/i },
  { area: "database schema", pattern: /(?:^|\/)(?:migrations?|migrate|schema)(?:\/|\.)|\.sql$/i },
  {
    area: "pipeline",
    pattern: /^\.github\/(?:workflows|actions)\/|^\.gitlab-ci\.yml$|^\.circleci\/|(?:^|\/)Jenkinsfile$/,
  },
  {
    area: "infrastructure",
    pattern:
      /(?:^|\/)(?:Dockerfile[^/]*|docker-compose[^/]*|compose\.ya?ml|terraform|helm|k8s|kubernetes)(?:\/|$)|\.tf$/,
  },
  {
    area: "dependencies",
    pattern:
      /(?:^|\/)(?:package\.json|package-lock\.json|yarn\.lock|pnpm-lock\.yaml|requirements[^/]*\.txt|poetry\.lock|pyproject\.toml|go\.(?:mod|sum)|Cargo\.(?:toml|lock)|Gemfile(?:\.lock)?|pom\.xml)$/,
  },
];

/** The sensitive area that a path lies in, or null. */
export function sensitiveAreaOf(path: string): string | null {
  return sensitivePaths.find(({ pattern }) => pattern.test(path))?.area ?? null;
}
