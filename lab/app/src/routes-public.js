// Health, readiness and metrics: no key, since the kubelet and Prometheus have none.
import { VERSION } from './config.js';
import { MODELS } from './arbitration.js';
import { REVISION } from './migrations.js';

export function publicRoutes(app, { checks, metrics, faults, lifecycle }) {
  const open = { config: { public: true }, logLevel: 'warn' };
  const inProcess = (ok) => ({
    status: ok ? 'healthy' : 'unhealthy',
    responseTime: 0,
    lastCheck: new Date().toISOString(),
  });

  app.get('/health', open, async (_request, reply) => {
    const [database, redis] = await Promise.all([checks.database.read(), checks.redis.read()]);
    const services = {
      database,
      redis,
      arbitration_engine: inProcess(true),
      model_registry: inProcess(MODELS.length > 0),
    };
    // A dependency that is down degrades but never fails this: restarting the process would not help.
    const degraded = Object.values(services).some((service) => service.status !== 'healthy');
    return reply.send({
      status: degraded ? 'degraded' : 'healthy',
      timestamp: new Date().toISOString(),
      version: faults.version ?? VERSION,
      schemaRevision: REVISION,
      services,
    });
  });

  app.get('/ready', open, async (_request, reply) => {
    const [database, redis] = await Promise.all([checks.database.read(), checks.redis.read()]);
    const ready =
      !lifecycle.draining && !faults.notReady && database.status === 'healthy' && redis.status === 'healthy';
    return reply.code(ready ? 200 : 503).send({
      status: ready ? 'ready' : lifecycle.draining ? 'draining' : 'not_ready',
      services: { database: database.status, redis: redis.status },
    });
  });

  for (const [path, registry] of [
    ['/metrics', metrics.main],
    ['/collaboration/metrics', metrics.collaboration],
  ]) {
    app.get(path, open, async (_request, reply) =>
      reply.type(registry.contentType).send(await registry.metrics()));
  }
}
