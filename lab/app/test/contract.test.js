// What callers may rely on, asked of a running app over real PostgreSQL and Redis.
import assert from 'node:assert/strict';
import { Agent, request as httpRequest } from 'node:http';
import { after, before, test } from 'node:test';
import { sha256 } from '../src/cache.js';
import { REVISION } from '../src/migrations.js';
import { API_KEY, series, startApp } from './support/app.js';
import { startServices } from './support/services.js';

let services;
let app;

before(async () => {
  services = await startServices();
  app = await startApp(services);
});

after(async () => {
  await app?.stop();
  await services?.stop();
});

async function assertError(response, status, code) {
  const { error } = await response.json();
  assert.deepEqual([response.status, error.code], [status, code], error.message);
  assert.match(error.requestId, /^[0-9a-f-]{36}$/);
  assert.ok(error.message.length > 10);
}

function raw({ path = '/health', agent, headers = {} }) {
  return new Promise((resolve, reject) => {
    const request = httpRequest(app.base + path, { agent, headers }, (response) => {
      response.resume().on('end', () => resolve({ response, reused: request.reusedSocket }));
    });
    request.on('error', reject).end();
  });
}

test('health names the process and each service', async () => {
  const response = await app.call('/health', { key: null });
  assert.equal(response.status, 200);
  const health = await response.json();
  assert.equal(health.status, 'healthy');
  assert.equal(health.version, '2.0.0');
  assert.equal(health.schemaRevision, REVISION);
  assert.ok(Math.abs(Date.now() - Date.parse(health.timestamp)) < 10_000);
  assert.deepEqual(Object.keys(health.services), ['database', 'redis', 'arbitration_engine', 'model_registry']);
  for (const service of Object.values(health.services)) {
    assert.equal(service.status, 'healthy');
    assert.equal(typeof service.responseTime, 'number');
    assert.ok(Date.parse(service.lastCheck) > 0);
  }
});

test('ready needs no key', async () => {
  const response = await app.call('/ready', { key: null });
  assert.equal(response.status, 200);
  assert.equal((await response.json()).status, 'ready');
});

test('all contract series exist before the first request', async () => {
  const fresh = await startApp(services);
  try {
    const page = await fresh.call('/metrics', { key: null });
    assert.match(page.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
    for (const name of [
      ...['success', 'rejected', 'error'].map((status) => `cam_requests_total{status="${status}"}`),
      'cam_arbitration_latency_ms_count',
      'cam_arbitration_latency_ms_bucket{le="50"}',
      'cam_request_latency_ms_count{provider="aurora"}',
      'cam_token_usage{model="aurora-large"}',
      'cam_cost_total{provider="cumulus"}',
      'cam_failover_count_total',
      'cam_provider_errors_total{provider="borealis"}',
      'cam_collaboration_sessions_active',
    ]) {
      assert.equal(await series(fresh, name), 0, name);
    }
    for (const name of ['process_start_time_seconds', 'nodejs_heap_size_used_bytes']) {
      assert.ok((await series(fresh, name)) > 0, name);
    }
    assert.equal(await series(fresh, 'cam_collaboration_sessions_active', '/collaboration/metrics'), 0);
    assert.equal(await series(fresh, 'cam_collaboration_sessions_total', '/collaboration/metrics'), 0);
  } finally {
    await fresh.stop('SIGKILL');
  }
});

test('a processed request has the whole answer, a row and counted metrics', async () => {
  const before = await series(app, 'cam_requests_total{status="success"}');
  const response = await app.process(
    { prompt: 'a first prompt', policyId: 'quality_first', parameters: { maxTokens: 10, temperature: 0.5, topP: 1 } },
    { 'x-cam-probe': 'contract-1' },
  );
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('x-cam-cache'), 'miss');
  const body = await response.json();
  assert.equal(body.selectedModel, 'aurora-large');
  assert.match(body.selectionReason, /quality_first/);
  assert.ok(body.content.length > 0 && Date.parse(body.timestamp) > 0);
  assert.ok(body.performance.processingTime > 0);
  assert.ok(body.performance.tokensUsed > 0 && body.performance.cost > 0);
  assert.ok(body.quality.score > 0 && body.quality.confidence > 0);

  const [row] = await services.query('SELECT * FROM requests WHERE request_id = $1', [body.requestId]);
  assert.equal(row.prompt_hash, sha256('a first prompt'));
  assert.deepEqual([row.policy_id, row.model, row.tag], ['quality_first', 'aurora-large', 'contract-1']);
  assert.ok(Math.abs(Date.now() - row.created_at) < 10_000);

  assert.equal(await series(app, 'cam_requests_total{status="success"}'), before + 1);
  assert.ok((await series(app, 'cam_token_usage{model="aurora-large"}')) >= body.performance.tokensUsed);
  assert.ok((await series(app, 'cam_cost_total{provider="aurora"}')) > 0);
  assert.ok((await series(app, 'cam_request_latency_ms_count{provider="aurora"}')) > 0);
  assert.ok((await series(app, 'cam_collaboration_sessions_total', '/collaboration/metrics')) > 0);
});

test('a repeated prompt is a hit, free of cost, and a row of its own with its own tag', async () => {
  const send = (tag) => app.process({ prompt: 'said twice', parameters: { tag } });
  const [first, second] = [await send('twice-1'), await send('twice-2')];
  assert.deepEqual([first, second].map((answer) => answer.headers.get('x-cam-cache')), ['miss', 'hit']);
  const [a, b] = [await first.json(), await second.json()];
  assert.equal(a.content, b.content);
  assert.notEqual(a.requestId, b.requestId);
  assert.equal(b.performance.cost, 0);
  const rows = await services.query(`SELECT tag, policy_id FROM requests WHERE tag LIKE 'twice-%' ORDER BY tag`);
  assert.deepEqual(rows, [{ tag: 'twice-1', policy_id: 'balanced' }, { tag: 'twice-2', policy_id: 'balanced' }]);
});

test('instances share the cache; another policy or other parameters do not', async () => {
  const other = await startApp(services);
  try {
    const cacheOf = async (target, body) =>
      (await target.process({ prompt: 'shared prompt', ...body })).headers.get('x-cam-cache');
    assert.equal(await cacheOf(app, {}), 'miss');
    assert.equal(await cacheOf(other, {}), 'hit');
    assert.equal(await cacheOf(other, { policyId: 'speed_priority' }), 'miss');
    assert.equal(await cacheOf(other, { parameters: { maxTokens: 5 } }), 'miss');
  } finally {
    await other.stop('SIGKILL');
  }
});

test('policies: create, read, replace, use, delete, each with an audit entry', async () => {
  const created = await app.call('/policies', {
    method: 'POST', body: { name: 'Ours', category: 'cost_optimization', description: 'of a test' },
  });
  assert.equal(created.status, 201);
  const policy = await created.json();
  assert.equal(created.headers.get('location'), `/policies/${policy.id}`);
  const path = `/policies/${policy.id}`;
  assert.deepEqual(await (await app.call(path)).json(), policy);

  const use = async () => app.process({ prompt: 'with our policy', policyId: policy.id });
  assert.equal((await (await use()).json()).selectedModel, 'cumulus-mini');
  const replaced = await app.call(path, { method: 'PUT', body: { name: 'Ours', category: 'speed_priority' } });
  assert.deepEqual([replaced.status, (await replaced.json()).description], [200, '']);
  // A changed policy must not be answered from before the change.
  const after = await use();
  assert.equal(after.headers.get('x-cam-cache'), 'miss');
  assert.equal((await after.json()).selectedModel, 'cumulus-flash');

  assert.equal((await app.call(path, { method: 'DELETE' })).status, 204);
  await assertError(await app.call(path), 404, 'not_found');
  await assertError(await app.call(path, { method: 'DELETE' }), 404, 'not_found');
  await assertError(await app.call(path, { method: 'PUT', body: { name: 'x', category: 'balanced' } }), 404, 'not_found');
  await assertError(await use(), 400, 'unknown_policy');

  const { items } = await (await app.call('/audit-logs?limit=100')).json();
  const actions = items.filter((entry) => entry.subject === policy.id).map((entry) => entry.action);
  assert.deepEqual(actions, ['policy.deleted', 'policy.replaced', 'policy.created']);
  assert.ok(items.some((entry) => entry.action === 'request.processed'));
});

test('lists have limit and offset', async () => {
  for (const path of ['/policies', '/models', '/audit-logs']) {
    const all = await (await app.call(path)).json();
    assert.deepEqual([all.limit, all.offset], [20, 0]);
    const part = await (await app.call(`${path}?limit=1&offset=1`)).json();
    assert.deepEqual([part.items.length, part.limit, part.offset], [1, 1, 1], path);
    if (path !== '/audit-logs') assert.deepEqual(part.items[0], all.items[1]);
    assert.deepEqual((await (await app.call(`${path}?offset=999999999`)).json()).items, []);
    for (const wrong of ['limit=0', 'limit=101', 'limit=x', 'limit=1&limit=2', 'offset=-1', 'offset=1e3', 'limit=']) {
      await assertError(await app.call(`${path}?${wrong}`), 400, 'invalid_request');
    }
  }
});

test('bad input is a 400 and leaves no row', async () => {
  const count = async () => (await services.query('SELECT count(*)::int AS n FROM requests'))[0].n;
  const rows = await count();
  const wrong = [
    {}, { prompt: '' }, { prompt: '  \n' }, { prompt: 7 }, { prompt: null }, { prompt: 'x', policyId: '../etc' },
    { prompt: 'x', parameters: [] }, { prompt: 'x', parameters: { maxTokens: 0 } },
    { prompt: 'x', parameters: { maxTokens: '5' } }, { prompt: 'x', parameters: { temperature: 3 } },
    { prompt: 'x', parameters: { topP: -0.1 } }, { prompt: 'x', parameters: { tag: 'a b' } },
    { prompt: 'x'.repeat(100_001) }, [], 'not json', '', '{"prompt": "x"',
    '{"__proto__": {"a": 1}, "prompt": "x"}',
  ];
  for (const body of wrong) await assertError(await app.process(body), 400, 'invalid_request');
  await assertError(await app.process({ prompt: 'x' }, { 'x-cam-probe': 'a b' }), 400, 'invalid_request');
  await assertError(await app.process({ prompt: 'x', policyId: 'missing' }), 400, 'unknown_policy');
  assert.equal(await count(), rows);

  for (const body of [{}, { name: 'x' }, { name: 'x', category: 'cheap' }, { name: '', category: 'balanced' },
    { name: 'x\u0000y', category: 'balanced' }, { name: 'x', category: 'balanced', extra: 1 }]) {
    await assertError(await app.call('/policies', { method: 'POST', body }), 400, 'invalid_request');
  }
  await assertError(await app.call('/policies/%00'), 400, 'invalid_request');
  await assertError(await app.call('/%zz'), 400, 'invalid_request');
  await assertError(await app.process('x=1', { 'content-type': 'text/csv' }), 415, 'unsupported_media_type');
  await assertError(await app.process({ prompt: 'x'.repeat(2 ** 20) }), 413, 'too_large');
});

test('every route but the public ones needs the key', async () => {
  const routes = [['POST', '/process'], ['GET', '/policies'], ['POST', '/policies'], ['GET', '/policies/balanced'],
    ['PUT', '/policies/balanced'], ['DELETE', '/policies/balanced'], ['GET', '/models'], ['GET', '/audit-logs'],
    ['GET', '/nothing-here']];
  for (const [method, path] of routes) {
    const response = await app.call(path, { method, key: null });
    assert.equal(response.headers.get('www-authenticate'), 'Bearer');
    await assertError(response, 401, 'unauthorized');
  }
  for (const authorization of ['Bearer', 'Bearer ', 'Bearer wrong', `Basic ${API_KEY}`, API_KEY, `Bearer ${API_KEY}x`]) {
    await assertError(await app.call('/models', { key: null, headers: { authorization } }), 401, 'unauthorized');
  }
  await assertError(await app.call('/nothing-here'), 404, 'not_found');
  await assertError(await app.call('/process'), 404, 'not_found');
});

test('a session is opened by one instance and closed once by another, each with an audit entry', async () => {
  const other = await startApp(services);
  try {
    const body = { participants: ['alpha', 'beta'] };
    const opened = await app.call('/collaboration/sessions', { method: 'POST', body });
    assert.equal(opened.status, 201);
    const { sessionId, participants } = await opened.json();
    assert.deepEqual(participants, body.participants);
    const path = `/collaboration/sessions/${sessionId}`;
    assert.equal(opened.headers.get('location'), path);
    assert.equal((await other.call(path, { method: 'DELETE' })).status, 204);
    await assertError(await app.call(path, { method: 'DELETE' }), 404, 'not_found');
    const { items } = await (await app.call('/audit-logs?limit=100')).json();
    const mine = items.filter(({ subject }) => subject === sessionId).map(({ action }) => action);
    assert.deepEqual(mine, ['session.closed', 'session.opened']);
  } finally {
    await other.stop('SIGKILL');
  }
});

test('a session needs participants, and not too many', async () => {
  for (const participants of [undefined, ['alone'], [1, 2]]) {
    const refused = await app.call('/collaboration/sessions', { method: 'POST', body: { participants } });
    await assertError(refused, 400, 'invalid_request');
  }
  const crowd = { participants: Array.from({ length: 11 }, (_, index) => `p${index}`) };
  const refused = await app.call('/collaboration/sessions', { method: 'POST', body: crowd });
  await assertError(refused, 400, 'too_many_participants');
});

test('more requests than allowed are a 429, health and metrics never', async () => {
  const limited = await startApp(services, { CAM_RATE_LIMIT_PER_SECOND: '2' });
  try {
    const all = await Promise.all(Array.from({ length: 6 }, () => limited.call('/models')));
    const refused = all.filter((response) => response.status === 429);
    assert.ok(refused.length >= 2 && refused.length < 6, `${refused.length} of 6 refused`);
    assert.ok(refused[0].headers.get('retry-after'));
    await assertError(refused[0], 429, 'rate_limited');
    for (const path of ['/health', '/ready', '/metrics']) {
      assert.equal((await limited.call(path)).status, 200);
    }
  } finally {
    await limited.stop('SIGKILL');
  }
});

test('answers carry no hop-by-hop header and the connection is reused', async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const authorization = `Bearer ${API_KEY}`;
  try {
    for (const [index, path] of ['/health', '/metrics', '/models', '/nothing-here'].entries()) {
      const { response, reused } = await raw({ path, agent, headers: { authorization } });
      assert.deepEqual([response.headers.connection, response.headers['keep-alive']], [undefined, undefined], path);
      assert.equal(reused, index > 0, path);
    }
  } finally {
    agent.destroy();
  }
});

test('secrets and prompts stay out of the log', async () => {
  await app.process({ prompt: 'a very private prompt' });
  for (const secret of [API_KEY, 'a very private prompt', 'db-password-of-a-test', 'redis-password-of-a-test']) {
    assert.ok(!app.output.includes(secret), secret);
  }
  for (const line of app.output.trim().split('\n')) JSON.parse(line);
});
