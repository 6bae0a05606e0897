-- What document 5 (tracking) defines, word by word.

CREATE TABLE users (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  github_id INTEGER UNIQUE NOT NULL,
  github_login VARCHAR(255) NOT NULL,
  github_email VARCHAR(255),
  avatar_url TEXT,
  created_at TIMESTAMP DEFAULT NOW(),
  updated_at TIMESTAMP DEFAULT NOW()
);

CREATE INDEX idx_users_github_id ON users(github_id);

CREATE TABLE projects (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id VARCHAR(64) UNIQUE NOT NULL, -- e.g., proj_abc123
  owner_id UUID NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  
  -- GitHub repo info
  repo_owner VARCHAR(255) NOT NULL, -- e.g., "arin"
  repo_name VARCHAR(255) NOT NULL,  -- e.g., "checkout-api"
  repo_full_name VARCHAR(512) NOT NULL, -- "arin/checkout-api"
  
  -- Deployment platform
  platform VARCHAR(50) NOT NULL DEFAULT 'vercel', -- MVP: only 'vercel'
  
  -- API keys
  ingest_api_key VARCHAR(128) UNIQUE NOT NULL, -- for SDK
  
  -- Metadata
  created_at TIMESTAMP DEFAULT NOW(),
  updated_at TIMESTAMP DEFAULT NOW(),
  
  UNIQUE(repo_full_name) -- one project per repo in MVP
);

CREATE INDEX idx_projects_project_id ON projects(project_id);
CREATE INDEX idx_projects_repo_full_name ON projects(repo_full_name);
CREATE INDEX idx_projects_owner_id ON projects(owner_id);
CREATE INDEX idx_projects_ingest_key ON projects(ingest_api_key);

CREATE TABLE incidents (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  incident_id VARCHAR(64) UNIQUE NOT NULL, -- e.g., inc_xyz789
  project_id UUID NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  
  -- Error metadata
  error_message TEXT NOT NULL,
  error_type VARCHAR(255), -- e.g., "TypeError", "ReferenceError"
  stack_trace TEXT,
  
  -- Source location (correlated from stack trace)
  file_path VARCHAR(1024), -- relative to repo root, e.g., "src/handlers/checkout.ts"
  line_number INTEGER,
  column_number INTEGER,
  
  -- Deployment context
  commit_sha VARCHAR(40) NOT NULL, -- Git commit SHA
  deployment_id VARCHAR(255), -- platform-specific (e.g., Vercel deployment ID)
  environment VARCHAR(50) NOT NULL, -- "production" or "preview"
  
  -- Status
  status VARCHAR(20) NOT NULL DEFAULT 'open', -- 'open' or 'resolved'
  
  -- Timestamps
  occurred_at TIMESTAMP NOT NULL, -- when error happened in production
  created_at TIMESTAMP DEFAULT NOW(), -- when incident was created in DB
  resolved_at TIMESTAMP,
  
  -- Metadata
  metadata JSONB -- extensible field for platform-specific data
);

CREATE INDEX idx_incidents_incident_id ON incidents(incident_id);
CREATE INDEX idx_incidents_project_id ON incidents(project_id);
CREATE INDEX idx_incidents_status ON incidents(status);
CREATE INDEX idx_incidents_occurred_at ON incidents(occurred_at DESC);
CREATE INDEX idx_incidents_commit_sha ON incidents(commit_sha);

CREATE TABLE api_key_usage (
  id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
  project_id UUID NOT NULL REFERENCES projects(id) ON DELETE CASCADE,
  key_type VARCHAR(50) NOT NULL, -- 'ingest'
  last_used_at TIMESTAMP DEFAULT NOW(),
  usage_count BIGINT DEFAULT 0,
  
  UNIQUE(project_id, key_type)
);

CREATE INDEX idx_api_key_usage_project_id ON api_key_usage(project_id);
