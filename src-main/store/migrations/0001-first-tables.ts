// Format 1: one table a noun, columns named as the contract names its fields, JSON where the contract nests.

export const firstTables = `
CREATE TABLE session (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  endedCleanly INTEGER NOT NULL
) STRICT;
INSERT INTO session VALUES (1, 1);

CREATE TABLE projects (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  createdAt INTEGER NOT NULL,
  archivedAt INTEGER,
  baselineId TEXT,
  removedAt INTEGER
) STRICT;

CREATE TABLE models (
  id TEXT PRIMARY KEY,
  projectId TEXT NOT NULL REFERENCES projects ON DELETE CASCADE,
  name TEXT NOT NULL,
  source TEXT NOT NULL,
  format TEXT NOT NULL,
  createdAt INTEGER NOT NULL
) STRICT;
CREATE INDEX modelsOfProject ON models (projectId);

CREATE TABLE datasets (
  id TEXT PRIMARY KEY,
  projectId TEXT NOT NULL REFERENCES projects ON DELETE CASCADE,
  source TEXT NOT NULL,
  createdAt INTEGER NOT NULL,
  artifact TEXT NOT NULL,
  summary TEXT NOT NULL
) STRICT;
CREATE INDEX datasetsOfProject ON datasets (projectId);

CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  projectId TEXT NOT NULL REFERENCES projects ON DELETE CASCADE,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'paused', 'resumable', 'done', 'failed', 'cancelled')),
  "order" TEXT NOT NULL,
  progress TEXT,
  createdAt INTEGER NOT NULL,
  startedAt INTEGER,
  endedAt INTEGER,
  seconds REAL NOT NULL,
  checkpointStep INTEGER,
  variantId TEXT,
  exported TEXT,
  result TEXT,
  problem TEXT,
  notes TEXT NOT NULL
) STRICT;
CREATE INDEX jobsOfProject ON jobs (projectId);
CREATE INDEX jobsByState ON jobs (state);

CREATE TABLE jobEvents (
  id INTEGER PRIMARY KEY,
  jobId TEXT NOT NULL REFERENCES jobs ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('step', 'epoch')),
  step INTEGER NOT NULL,
  point TEXT NOT NULL
) STRICT;
CREATE INDEX jobEventsByStep ON jobEvents (jobId, kind, step);

CREATE TABLE variants (
  id TEXT PRIMARY KEY,
  projectId TEXT NOT NULL REFERENCES projects ON DELETE CASCADE,
  modelId TEXT NOT NULL REFERENCES models ON DELETE CASCADE,
  parentId TEXT REFERENCES variants ON DELETE SET NULL,
  jobId TEXT REFERENCES jobs ON DELETE SET NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  createdAt INTEGER NOT NULL,
  artifact TEXT NOT NULL,
  artifactBytes INTEGER NOT NULL,
  summary TEXT NOT NULL,
  made TEXT NOT NULL,
  prunedScore TEXT,
  certificate TEXT,
  removedAt INTEGER
) STRICT;
CREATE INDEX variantsOfProject ON variants (projectId);
CREATE INDEX variantsOfModel ON variants (modelId);
CREATE INDEX variantsOfParent ON variants (parentId);
CREATE INDEX variantsOfJob ON variants (jobId);

CREATE TABLE measurements (
  id INTEGER PRIMARY KEY,
  variantId TEXT NOT NULL REFERENCES variants ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('evaluation', 'latency')),
  measuredAt INTEGER NOT NULL,
  value TEXT NOT NULL
) STRICT;
CREATE INDEX measurementsOfVariant ON measurements (variantId, kind, id);
`;
