// What happens when PostgreSQL or Redis is away, slow, wrong, or comes late.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startApp } from './support/app.js';
import { SECRETS, startServices, until } from './support/services.js';

let services;
let app;

before(async () => {
  services = await startServices();
});

after(async () => {
  await app?.stop('SIGKILL');
  await services?.stop();
});

const status = async (path) => (await app.call(path)).status;
const becomes = (path, expected) => until(`${path} ${expected}`, async () => (await status(path)) === expected);

async function health() {
  const response = await app.call('/health');
  const { status: overall, services: parts } = await response.json();
  return [response.status, overall, parts.database.status, parts.redis.status];
}

// A connection is made in its own time, so the state is waited for.
const healthBecomes = (...expected) =>
  until(`health ${expected}`, async () => (await health()).join() === expected.join());

async function withApp(more, expectation, work) {
  const own = await startApp(services, more, expectation);
  try {
    await work(own);
  } finally {
    await own.stop('SIGKILL');
  }
}

test('starts before PostgreSQL, degraded and not ready, then migrates and is ready', async () => {
  await services.postgres.stop();
  app = await startApp(services, {}, { path: '/ready', status: 503 });
  await healthBecomes(200, 'degraded', 'unhealthy', 'healthy');
  await services.postgres.start();
  await becomes('/ready', 200);
  await healthBecomes(200, 'healthy', 'healthy', 'healthy');
});

test('PostgreSQL goes and returns: readiness follows, requests fail with an error object', async () => {
  await services.postgres.stop();
  await becomes('/ready', 503);
  await healthBecomes(200, 'degraded', 'unhealthy', 'healthy');
  const failed = await app.process({ prompt: 'no database' });
  assert.equal(failed.status, 500);
  const { error } = await failed.json();
  assert.equal(error.code, 'internal_error');
  assert.ok(!/localhost|127\.0\.0\.1|ECONN/.test(error.message), error.message);
  await services.postgres.start();
  await becomes('/ready', 200);
  assert.equal((await app.process({ prompt: 'database again' })).status, 200);
});

test('Redis goes and returns: not ready, but requests are still answered', async () => {
  await services.redis.stop();
  await becomes('/ready', 503);
  await healthBecomes(200, 'degraded', 'healthy', 'unhealthy');
  for (let i = 0; i < 2; i += 1) {
    const answer = await app.process({ prompt: 'no cache' });
    assert.deepEqual([answer.status, answer.headers.get('x-cam-cache')], [200, 'miss']);
  }
  await services.redis.start();
  await becomes('/ready', 200);
  await app.process({ prompt: 'cache again' });
  assert.equal((await app.process({ prompt: 'cache again' })).headers.get('x-cam-cache'), 'hit');
});

test('services that hang, not refuse, delay health by less than a probe waits', async () => {
  for (const service of [services.postgres, services.redis]) {
    service.pause();
    try {
      await becomes('/ready', 503);
      const start = performance.now();
      assert.equal((await health())[1], 'degraded');
      assert.ok(performance.now() - start < 3000, `${performance.now() - start} ms`);
    } finally {
      service.resume();
    }
    await becomes('/ready', 200);
  }
});

test('readiness is asked of the services at most once a second', async () => {
  const first = (await (await app.call('/health')).json()).services.database.lastCheck;
  const again = await Promise.all(Array.from({ length: 20 }, async () => {
    const { services: parts } = await (await app.call('/health')).json();
    return parts.database.lastCheck;
  }));
  assert.ok(new Set([first, ...again]).size <= 2);
});

test('verify-full refuses a certificate for another name', async () => {
  await withApp({ DB_HOST: '127.0.0.1' }, { status: 503 }, async (own) => {
    await until('the reason is logged', () => /IP: 127\.0\.0\.1 is not in the cert/.test(own.output));
    assert.equal((await own.call('/ready')).status, 503);
  });
  await withApp({ DB_HOST: '127.0.0.1', DB_SSLMODE: 'require' }, { status: 200 }, async () => {});
  await withApp({ REDIS_HOST: '127.0.0.1' }, { status: 503 }, async (own) => {
    await until('the reason is logged', () => /redis is not usable/.test(own.output));
    assert.equal((await own.call('/ready')).status, 503);
  });
});

test('plain text is refused by the server, not tried instead of TLS', async () => {
  await withApp({ DB_SSLMODE: 'disable' }, { status: 503 }, async (own) => {
    await until('the reason is logged', () => /no encryption/.test(own.output));
  });
});

test('wrong passwords keep it alive and not ready until the files are right', async () => {
  const files = {
    DB_PASSWORD_FILE: services.secret('wrong-db', 'wrong-one'),
    REDIS_PASSWORD_FILE: services.secret('wrong-redis', 'wrong-one'),
  };
  await withApp(files, { status: 503 }, async (own) => {
    await until('both are refused', () =>
      /password authentication failed/.test(own.output) && /WRONGPASS/.test(own.output));
    services.secret('wrong-db', SECRETS.database);
    services.secret('wrong-redis', SECRETS.redis);
    await until('ready', async () => (await own.call('/ready')).status === 200);
    assert.ok(!own.output.includes('wrong-one'));
  });
});
