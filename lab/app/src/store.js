// The rows: requests, policies, sessions and the audit log. Each change and its audit entry are one statement,
// so neither exists without the other.
const POLICY = `id, name, category, description, created_at AS "createdAt", updated_at AS "updatedAt"`;
const AUDIT = `id::text, created_at AS "createdAt", action, subject`;

const audited = (change, action) => `
  WITH changed AS (${change}),
       logged AS (INSERT INTO audit_log (action, subject) SELECT '${action}', changed.id FROM changed)
  SELECT * FROM changed`;

export function createStore(database) {
  const one = async (text, values) => (await database.query(text, values)).rows[0];
  const page = async (columns, table, order, { limit, offset }) => {
    const items = await database.query(
      `SELECT ${columns} FROM ${table} ORDER BY ${order} LIMIT $1 OFFSET $2`, [limit, offset],
    );
    const { total } = await one(`SELECT count(*)::int AS total FROM ${table}`);
    return { items: items.rows, total, limit, offset };
  };
  return {
    addRequest: ({ requestId, promptHash, policyId, model, tag }) =>
      one(
        audited(
          `INSERT INTO requests (request_id, prompt_hash, policy_id, model, tag)
           VALUES ($1, $2, $3, $4, $5) RETURNING request_id AS id`,
          'request.processed',
        ),
        [requestId, promptHash, policyId, model, tag],
      ),
    listPolicies: (range) => page(POLICY, 'policies', 'created_at, id', range),
    findPolicy: (id) => one(`SELECT ${POLICY} FROM policies WHERE id = $1`, [id]),
    addPolicy: ({ id, name, category, description = '' }) =>
      one(
        audited(
          `INSERT INTO policies (id, name, category, description)
           VALUES ($1, $2, $3, $4) RETURNING ${POLICY}`,
          'policy.created',
        ),
        [id, name, category, description],
      ),
    replacePolicy: ({ id, name, category, description = '' }) =>
      one(
        audited(
          `UPDATE policies SET name = $2, category = $3, description = $4, updated_at = now()
           WHERE id = $1 RETURNING ${POLICY}`,
          'policy.replaced',
        ),
        [id, name, category, description],
      ),
    removePolicy: (id) =>
      one(audited('DELETE FROM policies WHERE id = $1 RETURNING id', 'policy.deleted'), [id]),
    openSession: ({ id, participants }) =>
      one(
        audited(
          `INSERT INTO sessions (id, participants) VALUES ($1, $2)
           RETURNING id, participants, opened_at AS "openedAt"`,
          'session.opened',
        ),
        [id, JSON.stringify(participants)],
      ),
    closeSession: (id) =>
      one(
        audited(
          'UPDATE sessions SET closed_at = now() WHERE id = $1 AND closed_at IS NULL RETURNING id',
          'session.closed',
        ),
        [id],
      ),
    listAudit: (range) => page(AUDIT, 'audit_log', 'audit_log.id DESC', range),
  };
}
