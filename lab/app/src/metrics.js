// The metric contract. Every series exists from the start, so that an absent metric means a broken
// contract and never "nothing happened yet".
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { MODELS, PROVIDERS } from './arbitration.js';

const BUCKETS_MS = [1, 2.5, 5, 10, 25, 50, 75, 100, 250, 500, 1000, 2500, 5000, 10000];
export const STATUSES = ['success', 'rejected', 'error'];

export function createMetrics({ mesh, renameMetric }) {
  const main = new Registry();
  const collaboration = new Registry();
  const seen = new Set();
  const make = (Kind, name, help, labelNames = [], more = {}) => {
    seen.add(name);
    const shown = renameMetric?.from === name ? renameMetric.to : name;
    return new Kind({ name: shown, help, labelNames, registers: [main], ...more });
  };

  const metrics = {
    main,
    collaboration,
    requests: make(Counter, 'cam_requests_total', 'AI requests by outcome', ['status']),
    arbitrationLatency: make(
      Histogram, 'cam_arbitration_latency_ms', 'Time to decide who answers', [], { buckets: BUCKETS_MS },
    ),
    requestLatency: make(
      Histogram, 'cam_request_latency_ms', 'Time a provider took', ['provider'], { buckets: BUCKETS_MS },
    ),
    tokens: make(Counter, 'cam_token_usage', 'Tokens used', ['model']),
    cost: make(Counter, 'cam_cost_total', 'Cost in USD', ['provider']),
    failovers: make(Counter, 'cam_failover_count_total', 'Requests moved to another provider'),
    providerErrors: make(Counter, 'cam_provider_errors_total', 'Failed provider calls', ['provider']),
    // On both pages: the contract lists it with the main metrics, the seed scrapes the other page.
    sessions: make(
      Gauge, 'cam_collaboration_sessions_active', 'Open collaboration sessions', [],
      { registers: [main, collaboration] },
    ),
    sessionsTotal: make(
      Counter, 'cam_collaboration_sessions_total', 'Collaboration sessions opened', [],
      { registers: [collaboration] },
    ),
    participants: make(
      Gauge, 'cam_collaboration_participants', 'Participants of open sessions', [],
      { registers: [collaboration] },
    ),
  };
  make(Gauge, 'cam_mesh_info', 'Settings of this mesh node', ['mesh_id', 'node_type', 'algorithm'], {
    registers: [collaboration],
  }).set({ mesh_id: mesh.id, node_type: mesh.nodeType, algorithm: mesh.algorithm }, 1);

  for (const status of STATUSES) metrics.requests.inc({ status }, 0);
  for (const { id } of MODELS) metrics.tokens.inc({ model: id }, 0);
  for (const provider of PROVIDERS) {
    metrics.requestLatency.zero({ provider });
    metrics.cost.inc({ provider }, 0);
    metrics.providerErrors.inc({ provider }, 0);
  }
  if (renameMetric && !seen.has(renameMetric.from)) {
    throw new Error(`CAM_FAULT_RENAME_METRIC: no metric ${renameMetric.from}; there are ${[...seen].join(', ')}`);
  }
  collectDefaultMetrics({ register: main });
  return metrics;
}

export function countRequest(metrics, statusCode) {
  const status = statusCode < 400 ? 'success' : statusCode < 500 ? 'rejected' : 'error';
  metrics.requests.inc({ status });
}
