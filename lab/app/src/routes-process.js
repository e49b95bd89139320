// POST /process: decide, ask the cache or a provider, write the row, answer.
import { setTimeout as sleep } from 'node:timers/promises';
import { answer } from './arbitration.js';
import { cacheKey, sha256 } from './cache.js';
import { within } from './checks.js';
import { HttpError } from './errors.js';
import { everyShare } from './faults.js';
import { countRequest } from './metrics.js';
import { probeHeaders, processBody } from './schemas.js';

const DEFAULT_POLICY = Object.freeze({ id: 'balanced', category: 'balanced' });

export function processRoute(app, { store, cache, metrics, faults, mesh }) {
  const shouldFail = everyShare(faults.errorShare);

  async function policyFor(id) {
    if (!id) return DEFAULT_POLICY;
    const policy = await store.findPolicy(id);
    if (!policy) throw new HttpError(400, 'unknown_policy', `No policy has the id ${id}`);
    return policy;
  }

  // The answer and where it came from. A request that has to fail asks a provider: the cache never fails.
  async function decide({ prompt, policyId, parameters }, fails) {
    const start = performance.now();
    const policy = await policyFor(policyId);
    const key = cacheKey({ prompt, policy, parameters });
    const cached = fails ? undefined : await cache.get(key);
    if (faults.latencyMs) await sleep(faults.latencyMs);
    metrics.arbitrationLatency.observe(performance.now() - start);
    if (cached) return { ...cached, cost: 0, policy, cache: 'hit' };
    const fresh = await answer(
      { metrics, faults, mesh },
      { prompt, category: policy.category, maxTokens: parameters?.maxTokens, fails },
    );
    await cache.set(key, fresh);
    return { ...fresh, policy, cache: 'miss' };
  }

  app.post(
    '/process',
    {
      schema: { body: processBody, headers: probeHeaders },
      onResponse: async (_request, reply) => countRequest(metrics, reply.statusCode),
    },
    async (request, reply) => {
      const start = performance.now();
      const { prompt, parameters } = request.body;
      const chosen = await within(
        mesh.timeoutMs,
        decide(request.body, shouldFail()),
        new HttpError(500, 'arbitration_timeout', `No decision within ${mesh.timeoutMs} ms`),
      );
      await store.addRequest({
        requestId: request.id,
        promptHash: sha256(prompt),
        policyId: chosen.policy.id,
        model: chosen.selectedModel,
        tag: request.headers['x-cam-probe'] ?? parameters?.tag ?? null,
      });
      reply.header('x-cam-cache', chosen.cache);
      return {
        requestId: request.id,
        content: chosen.content,
        selectedModel: chosen.selectedModel,
        selectionReason: chosen.selectionReason,
        performance: {
          processingTime: Number((performance.now() - start).toFixed(3)),
          tokensUsed: chosen.tokensUsed,
          cost: chosen.cost,
        },
        quality: chosen.quality,
        timestamp: new Date().toISOString(),
      };
    },
  );
}
