// Simulated providers: no network, no money, and the same request always gets the same choice.
import { setTimeout as sleep } from 'node:timers/promises';
import { withSession } from './collaboration.js';
import { HttpError } from './errors.js';

export const CATEGORIES = ['cost_optimization', 'quality_first', 'speed_priority', 'balanced'];

export const MODELS = Object.freeze([
  { id: 'aurora-large', provider: 'aurora', quality: 0.96, latencyMs: 12, usdPerKiloToken: 0.03 },
  { id: 'aurora-small', provider: 'aurora', quality: 0.81, latencyMs: 5, usdPerKiloToken: 0.004 },
  { id: 'borealis-pro', provider: 'borealis', quality: 0.92, latencyMs: 9, usdPerKiloToken: 0.012 },
  { id: 'cumulus-flash', provider: 'cumulus', quality: 0.74, latencyMs: 2, usdPerKiloToken: 0.006 },
  { id: 'cumulus-mini', provider: 'cumulus', quality: 0.66, latencyMs: 4, usdPerKiloToken: 0.001 },
]);
export const PROVIDERS = [...new Set(MODELS.map((model) => model.provider))];

// Higher is better; balanced weighs quality against 100 x price and a hundredth of the latency.
const SCORES = {
  cost_optimization: (model) => -model.usdPerKiloToken,
  quality_first: (model) => model.quality,
  speed_priority: (model) => -model.latencyMs,
  balanced: (model) => model.quality - 10 * model.usdPerKiloToken - model.latencyMs / 100,
};

export function rank(category, maxParticipants = MODELS.length) {
  const score = SCORES[category];
  return [...MODELS]
    .sort((a, b) => score(b) - score(a) || a.id.localeCompare(b.id))
    .slice(0, maxParticipants);
}

export function tokensFor(prompt, maxTokens = 256) {
  const asked = Math.ceil(prompt.length / 4);
  return asked + Math.min(maxTokens, 16 + asked);
}

export function costOf(model, tokens) {
  return Number(((tokens / 1000) * model.usdPerKiloToken).toFixed(6));
}

async function callProvider({ metrics, faults }, model, fails) {
  const start = performance.now();
  await sleep(model.latencyMs + faults.providerLatencyMs);
  metrics.requestLatency.observe({ provider: model.provider }, performance.now() - start);
  if (!fails) return;
  metrics.providerErrors.inc({ provider: model.provider });
  throw new Error(`provider ${model.provider} failed`);
}

// The best model answers; when its provider fails, the best one of another provider is tried once.
async function callWithFailover(shared, candidates, fails) {
  const [first] = candidates;
  try {
    await callProvider(shared, first, fails);
    return first;
  } catch {
    const second = candidates.find((model) => model.provider !== first.provider) ?? first;
    shared.metrics.failovers.inc();
    try {
      await callProvider(shared, second, fails);
      return second;
    } catch {
      throw new HttpError(500, 'providers_failed', 'No provider could answer the request');
    }
  }
}

export async function answer({ metrics, faults, mesh }, { prompt, category, maxTokens, fails }) {
  const candidates = rank(category, mesh.maxParticipants);
  const model = await withSession(metrics, candidates.length, () =>
    callWithFailover({ metrics, faults }, candidates, fails));
  const tokens = tokensFor(prompt, maxTokens);
  const cost = costOf(model, tokens);
  metrics.tokens.inc({ model: model.id }, tokens);
  metrics.cost.inc({ provider: model.provider }, cost);
  return {
    content: `Simulated answer of ${model.id} to a prompt of ${prompt.length} characters`,
    selectedModel: model.id,
    selectionReason: `${category}: first of ${candidates.length} candidates`,
    tokensUsed: tokens,
    cost,
    quality: { score: model.quality, confidence: Number((0.5 + model.quality / 2).toFixed(3)) },
  };
}
