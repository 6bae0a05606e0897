-- Autopsies: every answer about an incident's cause with what it was given, and every question to a model with what it cost.

CREATE TABLE autopsy_answers (
  id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  incident_id uuid NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  revision integer NOT NULL CHECK (revision > 0),
  base_commit text,
  root_cause text NOT NULL,
  -- [{text, evidence_ids}]
  claims jsonb NOT NULL DEFAULT '[]',
  manual_steps jsonb NOT NULL,
  ai_fix_prompt text NOT NULL,
  draft_diff text,
  draft_kind text CHECK (draft_kind IN ('fix', 'mitigation')),
  draft_explanation text,
  confidence_score double precision CHECK (confidence_score BETWEEN 0 AND 1),
  confidence_reason text NOT NULL,
  model_used varchar(255) NOT NULL,
  prompt_version text,
  model_outcome text NOT NULL CHECK (model_outcome IN (
    'off', 'answered', 'repaired', 'over_budget', 'timeout', 'unreachable', 'refused', 'too_long', 'nonsense', 'unsupported')),
  model_reason text NOT NULL,
  -- What was taken out of the model's answer, each a sentence.
  struck_out jsonb NOT NULL DEFAULT '[]',
  -- {characters_max, characters, is_small, parts: [{evidence_id, kind, title, characters, is_included, is_cut, reason}]}
  context jsonb NOT NULL,
  autopsy_run_id uuid REFERENCES autopsy_runs(id) ON DELETE SET NULL,
  analysis_time_ms integer NOT NULL CHECK (analysis_time_ms >= 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (incident_id, revision)
);
CREATE INDEX idx_autopsy_answers_project_id ON autopsy_answers(project_id);
CREATE INDEX idx_autopsy_answers_run_id ON autopsy_answers(autopsy_run_id);

CREATE TABLE model_calls (
  id uuid PRIMARY KEY,
  project_id uuid NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  incident_id uuid NOT NULL REFERENCES incidents(id) ON DELETE CASCADE,
  revision integer NOT NULL CHECK (revision > 0),
  purpose text NOT NULL CHECK (purpose IN ('autopsy', 'repair_round')),
  model varchar(255) NOT NULL,
  host varchar(255) NOT NULL,
  prompt_version text NOT NULL,
  outcome text NOT NULL DEFAULT 'asked' CHECK (outcome IN ('asked', 'answered', 'timeout', 'unreachable', 'refused', 'too_long')),
  reason text,
  -- While it is asked, the most that it may come to; then what it came to.
  tokens_in integer NOT NULL CHECK (tokens_in >= 0),
  tokens_out integer NOT NULL CHECK (tokens_out >= 0),
  are_tokens_estimated boolean NOT NULL DEFAULT true,
  cost numeric(14,6) NOT NULL CHECK (cost >= 0),
  duration_ms integer NOT NULL CHECK (duration_ms >= 0),
  asked_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX idx_model_calls_incident_id ON model_calls(incident_id, asked_at);
CREATE INDEX idx_model_calls_project_id ON model_calls(project_id);
CREATE INDEX idx_model_calls_asked_at ON model_calls(asked_at);

CALL protect_table('autopsy_answers', may_tenant_write => false);
CALL protect_table('model_calls', may_tenant_write => false);

COMMENT ON COLUMN incidents.file_snapshots IS 'Code around the failing frames at the deployed commit, secrets taken out: [{"path", "content", "line_number", "column", "first_line", "function", "commit"}]; null before it was read. [D1]';

COMMENT ON TABLE autopsy_answers IS 'Every answer about an incident''s cause and what to do, the newest standing in autopsy_results. [Culprit]';
COMMENT ON COLUMN autopsy_answers.id IS 'Key.';
COMMENT ON COLUMN autopsy_answers.project_id IS 'Project of the incident.';
COMMENT ON COLUMN autopsy_answers.incident_id IS 'Incident that it is about.';
COMMENT ON COLUMN autopsy_answers.revision IS 'Which autopsy of the incident, from 1.';
COMMENT ON COLUMN autopsy_answers.base_commit IS 'Deployed commit whose code was read; null where none is known.';
COMMENT ON COLUMN autopsy_answers.root_cause IS 'The cause in words: the claims, or the verdict''s sentence.';
COMMENT ON COLUMN autopsy_answers.claims IS 'What the words rest on: [{"text", "evidence_ids"}], each with at least one piece of evidence.';
COMMENT ON COLUMN autopsy_answers.manual_steps IS 'What a person can do, most useful first: a list of sentences.';
COMMENT ON COLUMN autopsy_answers.ai_fix_prompt IS 'A prompt for a coding tool, with all that is known.';
COMMENT ON COLUMN autopsy_answers.draft_diff IS 'The patch that the model drafted, unified diff, after the checks; null for none. It is a proposal like all others.';
COMMENT ON COLUMN autopsy_answers.draft_kind IS 'fix or mitigation, as the model says; null without a draft.';
COMMENT ON COLUMN autopsy_answers.draft_explanation IS 'The model''s words about its draft; null without one.';
COMMENT ON COLUMN autopsy_answers.confidence_score IS '0 to 1: the verdict''s calibrated confidence, moved by the proof; null where there is no hypothesis.';
COMMENT ON COLUMN autopsy_answers.confidence_reason IS 'How that number came to be, in words.';
COMMENT ON COLUMN autopsy_answers.model_used IS 'Model whose words these are, or rules.';
COMMENT ON COLUMN autopsy_answers.prompt_version IS 'Version of the prompt that the model was asked with; null where none was.';
COMMENT ON COLUMN autopsy_answers.model_outcome IS 'off (none is set up or the project forbids it), answered, repaired (right at the second try), over_budget, timeout, unreachable, refused, too_long, nonsense or unsupported (nothing it said had evidence).';
COMMENT ON COLUMN autopsy_answers.model_reason IS 'The same in words.';
COMMENT ON COLUMN autopsy_answers.struck_out IS 'What was taken out of the model''s answer and why: a list of sentences.';
COMMENT ON COLUMN autopsy_answers.context IS 'What the answer was given and what did not fit: {"characters_max", "characters", "is_small", "parts": [{"evidence_id", "kind", "title", "characters", "is_included", "is_cut", "reason"}]}.';
COMMENT ON COLUMN autopsy_answers.autopsy_run_id IS 'The attempt at a patch that stands beside it, with its proof; null before one.';
COMMENT ON COLUMN autopsy_answers.analysis_time_ms IS 'How long it took, without the proof, in milliseconds.';
COMMENT ON COLUMN autopsy_answers.created_at IS 'When it was given.';

COMMENT ON TABLE model_calls IS 'Every question to a language model about an incident, with what it cost; the limits are counted from it. [Culprit]';
COMMENT ON COLUMN model_calls.id IS 'Key.';
COMMENT ON COLUMN model_calls.project_id IS 'Project of the incident.';
COMMENT ON COLUMN model_calls.incident_id IS 'Incident that it was about.';
COMMENT ON COLUMN model_calls.revision IS 'Autopsy that asked, as in autopsy_answers.';
COMMENT ON COLUMN model_calls.purpose IS 'autopsy (the question) or repair_round (the same again, with what was wrong with the answer).';
COMMENT ON COLUMN model_calls.model IS 'Name of the model.';
COMMENT ON COLUMN model_calls.host IS 'Host that was asked.';
COMMENT ON COLUMN model_calls.prompt_version IS 'Version of the prompt.';
COMMENT ON COLUMN model_calls.outcome IS 'asked (no answer yet, or the process died), answered, timeout, unreachable, refused (an error status) or too_long.';
COMMENT ON COLUMN model_calls.reason IS 'Why there is no answer; null where there is one.';
COMMENT ON COLUMN model_calls.tokens_in IS 'Tokens of the question: while it is asked the most that it may be, then what the other side counted, or an estimate.';
COMMENT ON COLUMN model_calls.tokens_out IS 'Tokens of the answer, likewise.';
COMMENT ON COLUMN model_calls.are_tokens_estimated IS 'Whether the tokens are an estimate: a token for three characters.';
COMMENT ON COLUMN model_calls.cost IS 'What it cost by the prices of the settings, in their currency.';
COMMENT ON COLUMN model_calls.duration_ms IS 'How long it took; while it is asked the most that it may.';
COMMENT ON COLUMN model_calls.asked_at IS 'When, by our clock; a day is counted in UTC.';
