// Every fault does what its name says, and none does anything without the gate.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { environment, series, spawnApp, startApp } from './support/app.js';
import { freePort, startServices, until } from './support/services.js';

let services;

before(async () => {
  services = await startServices();
});
after(() => services?.stop());

async function withFaults(faults, work, expectation) {
  const app = await startApp(services, { CAM_FAULTS_ENABLED: 'true', ...faults }, expectation);
  try {
    await work(app);
  } finally {
    await app.stop('SIGKILL');
  }
}

test('without the gate all faults are ignored', async () => {
  const all = {
    CAM_FAULTS_ENABLED: '1', CAM_FAULT_LATENCY_MS: '9000', CAM_FAULT_PROVIDER_LATENCY_MS: '9000', CAM_FAULT_ERROR_SHARE: '1', CAM_FAULT_READINESS: 'true',
    CAM_FAULT_CRASH_ON_START: 'true', CAM_FAULT_MEMORY_GROWTH_MIB: '500', CAM_FAULT_VERSION: '9.9.9',
    CAM_FAULT_RENAME_METRIC: 'cam_requests_total=x',
  };
  await withFaults(all, async (app) => {
    assert.equal((await app.process({ prompt: 'no fault' })).status, 200);
    assert.equal((await (await app.call('/health')).json()).version, '2.0.0');
    assert.equal(await series(app, 'cam_requests_total{status="success"}'), 1);
  });
});

test('latency shows in the arbitration histogram, cached or not', () =>
  withFaults({ CAM_FAULT_LATENCY_MS: '120' }, async (app) => {
    for (let i = 0; i < 2; i += 1) await app.process({ prompt: 'slow one' });
    assert.equal(await series(app, 'cam_arbitration_latency_ms_bucket{le="100"}'), 0);
    assert.equal(await series(app, 'cam_arbitration_latency_ms_count'), 2);
  }));

test('a slow provider keeps a session open as long, but not for what is cached', () =>
  withFaults({ CAM_FAULT_PROVIDER_LATENCY_MS: '400' }, async (app) => {
    const slow = app.process({ prompt: 'slow provider' });
    await until('an open session', async () => await series(app, 'cam_collaboration_sessions_active') === 1);
    assert.equal((await slow).status, 200);
    assert.equal(await series(app, 'cam_collaboration_sessions_active'), 0);
    await app.process({ prompt: 'slow provider' });
    assert.equal(await series(app, 'cam_collaboration_sessions_total', '/collaboration/metrics'), 1);
    assert.equal(await series(app, 'cam_arbitration_latency_ms_bucket{le="100"}'), 2);
  }));

test('error share is exact, counted, and takes the failover path', () =>
  withFaults({ CAM_FAULT_ERROR_SHARE: '0.25' }, async (app) => {
    const answers = [];
    for (let i = 0; i < 8; i += 1) answers.push(await app.process({ prompt: 'same prompt' }));
    const failed = answers.filter((answer) => answer.status === 500);
    assert.equal(failed.length, 2);
    assert.equal((await failed[0].json()).error.code, 'providers_failed');
    assert.equal(await series(app, 'cam_requests_total{status="error"}'), 2);
    assert.equal(await series(app, 'cam_requests_total{status="success"}'), 6);
    assert.equal(await series(app, 'cam_failover_count_total'), 2);
    assert.equal(await series(app, 'cam_provider_errors_total{provider="aurora"}'), 2);
    assert.equal(await series(app, 'cam_collaboration_sessions_active'), 0);
  }));

test('readiness fails while health stays', () =>
  withFaults({ CAM_FAULT_READINESS: 'true' }, async (app) => {
    await until('healthy', async () => (await (await app.call('/health')).json()).status === 'healthy');
    assert.equal((await app.call('/ready')).status, 503);
  }, { status: 503 }));

test('crash on start exits 1 and says why', async () => {
  const app = spawnApp(environment(services, {
    PORT: String(await freePort()), CAM_FAULTS_ENABLED: 'true', CAM_FAULT_CRASH_ON_START: 'true',
  }));
  assert.equal(await app.exit, 1);
  assert.match(app.output, /CAM_FAULT_CRASH_ON_START/);
});

test('memory grows by what was asked', () =>
  withFaults({ CAM_FAULT_MEMORY_GROWTH_MIB: '100' }, async (app) => {
    const first = await series(app, 'process_resident_memory_bytes');
    await until('200 MiB more', async () =>
      (await series(app, 'process_resident_memory_bytes')) > first + 200 * 2 ** 20);
  }));

test('wrong version and renamed metric', () =>
  withFaults({ CAM_FAULT_VERSION: '1.9.9', CAM_FAULT_RENAME_METRIC: 'cam_arbitration_latency_ms=cam_latency' },
    async (app) => {
      assert.equal((await (await app.call('/health')).json()).version, '1.9.9');
      assert.equal(await series(app, 'cam_arbitration_latency_ms_count'), undefined);
      assert.equal(await series(app, 'cam_latency_count'), 0);
    }));

test('an arbitration longer than its timeout is a 500', () =>
  withFaults({ CAM_FAULT_LATENCY_MS: '2000', CAM_ARBITRATION_TIMEOUT: '100ms' }, async (app) => {
    const answer = await app.process({ prompt: 'too slow' });
    assert.deepEqual([answer.status, (await answer.json()).error.code], [500, 'arbitration_timeout']);
  }));
