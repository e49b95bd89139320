// Starts the process and ends it: SIGTERM turns /ready to 503, requests in flight finish, exit 0.
import { setTimeout as sleep } from 'node:timers/promises';
import fastify from 'fastify';
import { addRoutes, serverOptions } from './app.js';
import { Cache } from './cache.js';
import { Check, within } from './checks.js';
import { ConfigError, loadConfig } from './config.js';
import { Database } from './database.js';
import { startMemoryGrowth } from './faults.js';
import { createMetrics } from './metrics.js';
import { createStore } from './store.js';

const CLOSE_MS = 2000;

function fail(message) {
  console.error(JSON.stringify({ level: 60, time: Date.now(), msg: message }));
  process.exit(1);
}

async function main() {
  const config = loadConfig();
  if (config.faults.crashOnStart) fail('CAM_FAULT_CRASH_ON_START is set');

  const app = fastify(serverOptions(config));
  const lifecycle = { draining: false };
  const metrics = createMetrics({ mesh: config.mesh, renameMetric: config.faults.renameMetric });
  const database = new Database(config.database, app.log);
  const cache = new Cache(config.redis, app.log);
  const checks = {
    database: new Check('database', () => database.check(), { log: app.log }),
    redis: new Check('redis', () => cache.check(), { log: app.log }),
  };
  await addRoutes(app, { config, lifecycle, metrics, checks, cache, store: createStore(database) });

  async function stop(signal) {
    if (lifecycle.draining) return;
    lifecycle.draining = true;
    const deadline = performance.now() + config.drainMs;
    app.log.info({ signal }, 'draining');
    // Still accepting for a moment: proxies learn only now that this pod is leaving.
    await sleep(Math.min(config.graceMs, config.drainMs));
    const force = setTimeout(() => {
      app.log.warn('drain time is over, closing connections');
      app.server.closeAllConnections();
    }, deadline - performance.now());
    await app.close();
    clearTimeout(force);
    cache.close();
    // A database that no longer answers must not keep the process.
    await within(CLOSE_MS, database.close()).catch((error) => app.log.warn({ reason: error.message }, 'pool'));
    app.log.info('stopped');
    process.exit(0);
  }
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => void stop(signal));

  database.start();
  cache.start();
  startMemoryGrowth(config.faults.memoryGrowthMib);
  await app.listen({ host: config.host, port: config.port });
}

main().catch((error) => fail(error instanceof ConfigError ? `wrong configuration: ${error.message}` : error.stack));
