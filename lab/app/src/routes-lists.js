// Policies, models and the audit log.
import { randomUUID } from 'node:crypto';
import { MODELS } from './arbitration.js';
import { HttpError } from './errors.js';
import { idParams, policyBody, rangeOf, rangeQuery } from './schemas.js';

export function listRoutes(app, { store }) {
  const list = { schema: { querystring: rangeQuery } };
  const byId = { schema: { params: idParams } };

  const found = (policy, id) => {
    if (!policy) throw new HttpError(404, 'not_found', `No policy has the id ${id}`);
    return policy;
  };

  app.get('/models', list, async (request) => {
    const { limit, offset } = rangeOf(request.query);
    return { items: MODELS.slice(offset, offset + limit), total: MODELS.length, limit, offset };
  });

  app.get('/audit-logs', list, (request) => store.listAudit(rangeOf(request.query)));

  app.get('/policies', list, (request) => store.listPolicies(rangeOf(request.query)));

  app.post('/policies', { schema: { body: policyBody } }, async (request, reply) => {
    const policy = await store.addPolicy({ ...request.body, id: randomUUID() });
    return reply.code(201).header('location', `/policies/${policy.id}`).send(policy);
  });

  app.get('/policies/:id', byId, async ({ params }) => found(await store.findPolicy(params.id), params.id));

  app.put('/policies/:id', { schema: { params: idParams, body: policyBody } }, async ({ params, body }) =>
    found(await store.replacePolicy({ ...body, id: params.id }), params.id));

  app.delete('/policies/:id', byId, async ({ params }, reply) => {
    found(await store.removePolicy(params.id), params.id);
    return reply.code(204).send();
  });
}
