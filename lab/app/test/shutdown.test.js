// SIGTERM: not ready at once, requests in flight finish, exit 0 in bounded time.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startApp } from './support/app.js';
import { startServices, until } from './support/services.js';

const slow = (milliseconds) => ({ CAM_FAULTS_ENABLED: 'true', CAM_FAULT_LATENCY_MS: String(milliseconds) });
let services;

before(async () => {
  services = await startServices();
});
after(() => services?.stop());

test('drains: ready is 503, connections are closed, the request in flight is answered, exit 0', async () => {
  const app = await startApp(services, { ...slow(1500), SHUTDOWN_GRACE_SECONDS: '1' });
  const inFlight = app.process({ prompt: 'in flight' }, { 'x-cam-probe': 'drained' });
  await sleep(300);
  app.child.kill('SIGTERM');
  await until('draining', async () => (await app.call('/ready')).status === 503);
  const ready = await app.call('/ready');
  assert.equal((await ready.json()).status, 'draining');
  assert.equal(ready.headers.get('connection'), 'close');
  assert.equal((await app.call('/health')).status, 200);

  const answer = await inFlight;
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('connection'), 'close');
  assert.equal(await app.exit, 0);
  assert.equal((await services.query(`SELECT 1 FROM requests WHERE tag = 'drained'`)).length, 1);
  await assert.rejects(app.call('/health'));
});

test('an idle app ends at once, idle connections do not hold it', async () => {
  const app = await startApp(services);
  await app.call('/health');
  const start = performance.now();
  assert.equal(await app.stop(), 0);
  assert.ok(performance.now() - start < 2000, `${performance.now() - start} ms`);
});

test('a request longer than the drain time is cut off, the exit code stays 0', async () => {
  const app = await startApp(services, { ...slow(30_000), SHUTDOWN_DRAIN_SECONDS: '1' });
  const cut = assert.rejects(app.process({ prompt: 'too long' }));
  await sleep(200);
  const start = performance.now();
  assert.equal(await app.stop(), 0);
  await cut;
  assert.ok(performance.now() - start < 4000, `${performance.now() - start} ms`);
});

test('ends while it still waits for PostgreSQL and Redis', async () => {
  await Promise.all([services.postgres.stop(), services.redis.stop()]);
  try {
    const app = await startApp(services, {}, { path: '/health', status: 200 });
    const start = performance.now();
    assert.equal(await app.stop(), 0);
    assert.ok(performance.now() - start < 4000, `${performance.now() - start} ms`);
  } finally {
    await Promise.all([services.postgres.start(), services.redis.start()]);
  }
});
