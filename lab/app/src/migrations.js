// Forward-only migrations: a step is never edited and never undone. All pods may start at once, so
// one advisory lock lets one of them migrate while the others wait and then find nothing to do.
const LOCK_KEY = 20_260_001;

const STEPS = [
  `CREATE TABLE requests (
     request_id text PRIMARY KEY,
     prompt_hash text NOT NULL,
     policy_id text NOT NULL,
     model text NOT NULL,
     created_at timestamptz NOT NULL DEFAULT now(),
     tag text
   );
   CREATE INDEX requests_tag ON requests (tag) WHERE tag IS NOT NULL;`,
  `CREATE TABLE policies (
     id text PRIMARY KEY,
     name text NOT NULL,
     category text NOT NULL,
     description text NOT NULL DEFAULT '',
     created_at timestamptz NOT NULL DEFAULT now(),
     updated_at timestamptz NOT NULL DEFAULT now()
   );
   INSERT INTO policies (id, name, category) VALUES
     ('cost_optimization', 'Cheapest model', 'cost_optimization'),
     ('quality_first', 'Best model', 'quality_first'),
     ('speed_priority', 'Fastest model', 'speed_priority'),
     ('balanced', 'Balanced choice', 'balanced');`,
  `CREATE TABLE audit_log (
     id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
     created_at timestamptz NOT NULL DEFAULT now(),
     action text NOT NULL,
     subject text NOT NULL
   );`,
  `CREATE TABLE sessions (
     id text PRIMARY KEY,
     participants jsonb NOT NULL,
     opened_at timestamptz NOT NULL DEFAULT now(),
     closed_at timestamptz
   );`,
];
// What this build needs of the database.
export const REVISION = STEPS.length;

export async function migrate(client, log, steps = STEPS) {
  await client.query('SELECT pg_advisory_lock($1)', [LOCK_KEY]);
  try {
    await client.query(
      `CREATE TABLE IF NOT EXISTS schema_revision (
         revision int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
    );
    const { rows } = await client.query('SELECT coalesce(max(revision), 0) AS revision FROM schema_revision');
    let { revision } = rows[0];
    // A newer app may have been here before a rollback; its revisions stay and are none of our business.
    while (revision < steps.length) {
      await applyStep(client, steps[revision], revision + 1);
      revision += 1;
      log.info({ revision }, 'migration applied');
    }
    return revision;
  } finally {
    // Closing the connection frees the lock as well, when this query can't.
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK_KEY]).catch(() => {});
  }
}

async function applyStep(client, sql, revision) {
  await client.query('BEGIN');
  try {
    await client.query(sql);
    await client.query('INSERT INTO schema_revision (revision) VALUES ($1)', [revision]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}
