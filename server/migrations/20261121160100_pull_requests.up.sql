-- Pull requests that Culprit opened or found for a failure, what it decided about each patch, and the reviews and checks that it follows.

CREATE TABLE pull_requests (
  id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  incident_id uuid NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  autopsy_run_id uuid REFERENCES autopsy_runs(id) ON DELETE SET NULL,
  integration_id uuid REFERENCES integrations(id) ON DELETE SET NULL,
  forge text NOT NULL CHECK (forge IN ('github', 'gitlab', 'gitea')),
  repository text NOT NULL,
  base_branch text NOT NULL,
  branch text NOT NULL,
  number integer NOT NULL CHECK (number > 0),
  url text NOT NULL,
  title text NOT NULL,
  -- False where somebody else opened it and it mends the same failure.
  is_own boolean NOT NULL,
  mode text NOT NULL CHECK (mode IN ('manual', 'suggest', 'auto')),
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'merged', 'closed')),
  head_sha text CHECK (head_sha ~ '^([0-9a-f]{40}|[0-9a-f]{64})$'),
  -- {state, total, failing: [name]}
  checks jsonb NOT NULL DEFAULT '{"state": "none", "total": 0, "failing": []}',
  -- {state, approved_by: [login], changes_requested_by: [login]}
  reviews jsonb NOT NULL DEFAULT '{"state": "none", "approved_by": [], "changes_requested_by": []}',
  closed_reason text,
  opened_at timestamptz NOT NULL DEFAULT now(),
  merged_at timestamptz,
  closed_at timestamptz,
  checked_at timestamptz,
  check_error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT uq_pull_requests_number UNIQUE (incident_id, repository, number)
);
-- Never two open ones of ours for one failure.
CREATE UNIQUE INDEX idx_pull_requests_open ON pull_requests(incident_id) WHERE state = 'open' AND is_own;
CREATE INDEX idx_pull_requests_project_id ON pull_requests(project_id, opened_at DESC);
CREATE INDEX idx_pull_requests_repository ON pull_requests(project_id, repository, number);
CREATE INDEX idx_pull_requests_run_id ON pull_requests(autopsy_run_id);
CREATE INDEX idx_pull_requests_integration_id ON pull_requests(integration_id);
CREATE INDEX idx_pull_requests_followed ON pull_requests(checked_at) WHERE state = 'open';
CREATE TRIGGER update_pull_requests_updated_at BEFORE UPDATE ON pull_requests FOR EACH ROW EXECUTE FUNCTION update_updated_at_column();

-- What became of each time that a pull request was asked for or thought of.
CREATE TABLE pull_request_decisions (
  id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  incident_id uuid NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  autopsy_run_id uuid REFERENCES autopsy_runs(id) ON DELETE SET NULL,
  pull_request_id uuid REFERENCES pull_requests(id) ON DELETE SET NULL,
  mode text NOT NULL CHECK (mode IN ('manual', 'suggest', 'auto')),
  asked_by text,
  outcome text NOT NULL CHECK (outcome IN (
    'opened', 'already_open', 'already_fixed', 'suggested', 'left_to_people', 'issue_opened', 'not_proven', 'below_threshold', 'daily_cap',
    'turned_down', 'part_of_another', 'no_forge', 'does_not_apply', 'not_proven_on_base', 'refused', 'unreachable')),
  reason text NOT NULL,
  -- {url, commit, branch, issue: {number, url}, label_problem, reviewer_problem, base_proof: {commit, outcome, reason, steps}}
  details jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX idx_pull_request_decisions_incident_id ON pull_request_decisions(incident_id, created_at DESC);
CREATE INDEX idx_pull_request_decisions_project_id ON pull_request_decisions(project_id, created_at DESC);
CREATE INDEX idx_pull_request_decisions_run_id ON pull_request_decisions(autopsy_run_id);
CREATE INDEX idx_pull_request_decisions_pull_request_id ON pull_request_decisions(pull_request_id);

-- Who opens a pull request for a failure right now: one at a time, however many incidents of that failure there are.
CREATE TABLE pull_request_claims (
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  repository text NOT NULL,
  failure_key text NOT NULL,
  incident_id uuid NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  holder uuid NOT NULL,
  claimed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (project_id, repository, failure_key)
);
CREATE INDEX idx_pull_request_claims_incident_id ON pull_request_claims(incident_id);
CREATE INDEX idx_pull_request_claims_holder ON pull_request_claims(holder);

CALL protect_table('pull_requests', may_tenant_write => false);
CALL protect_table('pull_request_claims', may_tenant_write => false);
CALL protect_table('pull_request_decisions', may_tenant_write => false);

COMMENT ON TABLE pull_requests IS 'Pull requests that Culprit opened for a failure, and those of others that it found to mend it. [Culprit]';
COMMENT ON COLUMN pull_requests.id IS 'Key, UUID version 7.';
COMMENT ON COLUMN pull_requests.project_id IS 'Project of the incident.';
COMMENT ON COLUMN pull_requests.incident_id IS 'Incident that it mends.';
COMMENT ON COLUMN pull_requests.autopsy_run_id IS 'Run whose patch it carries; null for one of somebody else.';
COMMENT ON COLUMN pull_requests.integration_id IS 'Integration by which it is read and written; null where that is gone.';
COMMENT ON COLUMN pull_requests.forge IS 'github, gitlab or gitea (Forgejo too).';
COMMENT ON COLUMN pull_requests.repository IS 'Repository there: owner/name, at GitLab with its groups.';
COMMENT ON COLUMN pull_requests.base_branch IS 'Branch that it goes to.';
COMMENT ON COLUMN pull_requests.branch IS 'Branch that it comes from.';
COMMENT ON COLUMN pull_requests.number IS 'Its number there, from 1.';
COMMENT ON COLUMN pull_requests.url IS 'Its page.';
COMMENT ON COLUMN pull_requests.title IS 'Its title.';
COMMENT ON COLUMN pull_requests.is_own IS 'Whether Culprit opened it.';
COMMENT ON COLUMN pull_requests.mode IS 'The project''s mode when it was opened or found: manual, suggest or auto.';
COMMENT ON COLUMN pull_requests.state IS 'open, merged or closed.';
COMMENT ON COLUMN pull_requests.head_sha IS 'Commit at the tip of its branch.';
COMMENT ON COLUMN pull_requests.checks IS 'Checks of that commit: {state: none, pending, success or failure; total; failing: names}.';
COMMENT ON COLUMN pull_requests.reviews IS 'Reviews: {state: none, approved or changes_requested; approved_by; changes_requested_by}.';
COMMENT ON COLUMN pull_requests.closed_reason IS 'Why it was closed without a merge; null while it is open, and where it was merged.';
COMMENT ON COLUMN pull_requests.opened_at IS 'When it was opened or found.';
COMMENT ON COLUMN pull_requests.merged_at IS 'When it was merged, or null.';
COMMENT ON COLUMN pull_requests.closed_at IS 'When it was closed or merged, or null.';
COMMENT ON COLUMN pull_requests.checked_at IS 'When the forge was last asked how it stands.';
COMMENT ON COLUMN pull_requests.check_error IS 'Why that could not be read, or null.';
COMMENT ON COLUMN pull_requests.created_at IS 'When the row was written.';
COMMENT ON COLUMN pull_requests.updated_at IS 'When the row was last changed.';
COMMENT ON TABLE pull_request_claims IS 'Who opens a pull request for a failure right now, so that two incidents of one failure never open two. [Culprit]';
COMMENT ON COLUMN pull_request_claims.project_id IS 'Project.';
COMMENT ON COLUMN pull_request_claims.repository IS 'Repository at the forge.';
COMMENT ON COLUMN pull_request_claims.failure_key IS 'The blamed commit (culprit:SHA), or what the patch changes (patch:HASH).';
COMMENT ON COLUMN pull_request_claims.incident_id IS 'Incident for which it is opened.';
COMMENT ON COLUMN pull_request_claims.holder IS 'The try that holds it; another one of the same incident may take it over, and anybody after 15 minutes.';
COMMENT ON COLUMN pull_request_claims.claimed_at IS 'Since when, by the clock of the database.';
COMMENT ON TABLE pull_request_decisions IS 'What became of each time that a pull request was asked for or thought of, with the reason. [Culprit]';
COMMENT ON COLUMN pull_request_decisions.id IS 'Key, UUID version 7.';
COMMENT ON COLUMN pull_request_decisions.project_id IS 'Project of the incident.';
COMMENT ON COLUMN pull_request_decisions.incident_id IS 'Incident.';
COMMENT ON COLUMN pull_request_decisions.autopsy_run_id IS 'Run whose patch it was about, or null.';
COMMENT ON COLUMN pull_request_decisions.pull_request_id IS 'Pull request that was opened or found, or null.';
COMMENT ON COLUMN pull_request_decisions.mode IS 'The project''s mode then: manual, suggest or auto.';
COMMENT ON COLUMN pull_request_decisions.asked_by IS 'Who asked for it; null where nobody did.';
COMMENT ON COLUMN pull_request_decisions.outcome IS 'opened, already_open, already_fixed, suggested, left_to_people, issue_opened, not_proven, below_threshold, daily_cap, turned_down, part_of_another, no_forge, does_not_apply, not_proven_on_base, refused or unreachable.';
COMMENT ON COLUMN pull_request_decisions.reason IS 'Why, in words for people.';
COMMENT ON COLUMN pull_request_decisions.details IS 'What belongs to it: url, commit, branch, issue, what of the labels and reviewers did not work, and the proof on the base branch.';
COMMENT ON COLUMN pull_request_decisions.created_at IS 'When.';
