const secretPath =
  /(?:^|\/)(?:\.env(?:\.[\w.-]+)?|\.envrc|\.npmrc|\.yarnrc(?:\.yml)?|\.pypirc|\.netrc|\.pgpass|\.htpasswd|\.git-credentials|id_[a-z0-9]+|[^/]*\.(?:pem|key|p12|pfx|jks|keystore|kdbx|tfvars|tfstate)|[^/]*(?:secret|credential|password)s?[^/]*\.(?:json|ya?ml|toml|ini|properties|txt|conf|xml)|kubeconfig)$|(?:^|\/)(?:\.ssh|\.aws|\.gnupg|\.kube|\.docker|\.git)\//i;

/** Whether a file is there to hold secrets: it is never read into an autopsy, whatever names it. `.env.example` counts too. */
export function isSecretPath(path: string): boolean {
  return secretPath.test(path);
}

/** Whether a file is written in a programming language, where only literals can be secrets. */
export function isSourcePath(path: string): boolean {
  return /\.(?:[cm]?[jt]sx?|py|go|java|kts?|rb|rs|php|cs|fs|c|cc|cpp|h|hpp|swift|scala|exs?|erl|clj|dart|lua|pl|vue|svelte|elm|hs|ml|r|jl|groovy)$/i.test(
    path,
  );
}
