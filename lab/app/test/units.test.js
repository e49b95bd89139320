// Pure parts: settings, choice, shares, and what is packed.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CATEGORIES, MODELS, costOf, rank, tokensFor } from '../src/arbitration.js';
import { keyReader } from '../src/auth.js';
import { cacheKey, sha256 } from '../src/cache.js';
import { loadConfig } from '../src/config.js';
import { everyShare } from '../src/faults.js';
import { createMetrics } from '../src/metrics.js';
import { spawnApp } from './support/app.js';

const dir = mkdtempSync(join(tmpdir(), 'cam-app-units-'));
after(() => rmSync(dir, { recursive: true }));
const file = (name, text) => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};
const secret = file('secret', 'value\n');
const GOOD = {
  DB_HOST: 'postgres', DB_USER_FILE: secret, DB_PASSWORD_FILE: secret, DB_CA_FILE: secret,
  REDIS_HOST: 'redis', REDIS_PASSWORD_FILE: secret, REDIS_CA_FILE: secret, CAM_API_KEY_FILE: secret,
};

test('defaults are those of the contract', () => {
  const config = loadConfig(GOOD);
  assert.deepEqual([config.port, config.drainMs, config.database.name], [8080, 30_000, 'cam_production']);
  assert.deepEqual([config.database.sslMode, config.redis.tls], ['verify-full', true]);
  assert.deepEqual(config.mesh, {
    id: 'cam-mesh', nodeType: 'arbitrator', algorithm: 'raft', threshold: 0.66, timeoutMs: 30_000, maxParticipants: 10,
  });
});

test('each wrong setting is named with its rule', () => {
  const faults = { CAM_FAULTS_ENABLED: 'true' };
  for (const [change, said] of [
    [{ PORT: '0' }, /PORT is "0": must be an integer from 1 to 65535/],
    [{ PORT: '80a' }, /PORT is "80a"/],
    [{ DB_HOST: '' }, /DB_HOST is not set/],
    [{ DB_SSLMODE: 'prefer' }, /DB_SSLMODE is "prefer": must be one of verify-full, require, disable/],
    [{ DB_PASSWORD_FILE: '/no/such/file' }, /DB_PASSWORD_FILE is "\/no\/such\/file": cannot be read \(ENOENT\)/],
    [{ DB_CA_FILE: undefined }, /DB_CA_FILE is not set/],
    [{ CAM_API_KEY_FILE: file('empty', '\n') }, /the file is empty/],
    [{ REDIS_TLS: 'yes' }, /REDIS_TLS/],
    [{ CAM_NODE_TYPE: 'boss' }, /CAM_NODE_TYPE is "boss": must be one of arbitrator, participant/],
    [{ CAM_CONSENSUS_ALGORITHM: 'paxos' }, /raft, pbft/],
    [{ CAM_CONSENSUS_THRESHOLD: '1.5' }, /CAM_CONSENSUS_THRESHOLD is "1.5": must be a number from 0 to 1/],
    [{ CAM_ARBITRATION_TIMEOUT: '30' }, /must be a duration like/],
    [{ CAM_ARBITRATION_MAX_PARTICIPANTS: '0' }, /CAM_ARBITRATION_MAX_PARTICIPANTS/],
    [{ ...faults, CAM_FAULT_LATENCY: '5' }, /CAM_FAULT_LATENCY is "5": unknown fault/],
    [{ ...faults, CAM_FAULT_ERROR_SHARE: '30%' }, /CAM_FAULT_ERROR_SHARE/],
    [{ ...faults, CAM_FAULT_RENAME_METRIC: 'x' }, /must be old_name=new_name/],
  ]) {
    assert.throws(() => loadConfig({ ...GOOD, ...change }), { message: said });
  }
  assert.throws(() => loadConfig({ ...GOOD, PORT: 'x', DB_HOST: '' }), { message: /PORT.*; DB_HOST/ });
});

test('files that are not needed are not asked for', () => {
  const config = loadConfig({
    ...GOOD, DB_SSLMODE: 'disable', DB_CA_FILE: '/no', REDIS_TLS: 'false', REDIS_CA_FILE: '/no',
  });
  assert.deepEqual([config.database.caFile, config.redis.caFile], [undefined, undefined]);
});

test('a wrong configuration ends the process with one JSON line and no secret', async () => {
  const app = spawnApp({ ...GOOD, PORT: 'x' });
  assert.equal(await app.exit, 1);
  assert.match(JSON.parse(app.output).msg, /^wrong configuration: PORT is "x"/);
});

test('each category has its own first choice, always the same', () => {
  const firsts = CATEGORIES.map((category) => rank(category)[0].id);
  assert.deepEqual(firsts, ['cumulus-mini', 'aurora-large', 'cumulus-flash', 'aurora-small']);
  for (const category of CATEGORIES) {
    assert.deepEqual(rank(category), rank(category));
    assert.equal(rank(category).length, MODELS.length);
    assert.equal(rank(category, 2).length, 2);
  }
});

test('tokens and cost follow from the prompt', () => {
  assert.equal(tokensFor('12345678', 5), 7);
  assert.equal(tokensFor('12345678'), 20);
  assert.equal(costOf({ usdPerKiloToken: 0.03 }, 1000), 0.03);
});

test('the cache key ignores the tag and the order of parameters only', () => {
  const key = (parameters, policy = { id: 'p', updatedAt: 1 }) => cacheKey({ prompt: 'x', policy, parameters });
  assert.equal(key({ a: 1, b: 2, tag: 't' }), key({ b: 2, a: 1 }));
  assert.equal(key(undefined), key({ tag: 't' }));
  assert.notEqual(key({ a: 1 }), key({ a: 2 }));
  assert.notEqual(key({}), key({}, { id: 'p', updatedAt: 2 }));
});

test('a rotated API key is read again, a vanished one stays', () => {
  let clock = 0;
  const key = file('key', 'old\n');
  const current = keyReader(key, () => clock);
  const is = (text) => assert.equal(current().toString('hex'), sha256(text));
  is('old');
  writeFileSync(key, 'new\n');
  is('old');
  clock += 5001;
  is('new');
  writeFileSync(key, '');
  clock += 5001;
  is('new');
  rmSync(key);
  clock += 5001;
  is('new');
});

test('shares are exact', () => {
  for (const share of [0, 0.1, 1 / 3, 0.5, 1]) {
    const fails = everyShare(share);
    const count = Array.from({ length: 300 }, fails).filter(Boolean).length;
    assert.equal(count, Math.round(300 * share), String(share));
  }
});

test('renaming a metric that does not exist is refused', () => {
  const mesh = { id: 'm', nodeType: 'arbitrator', algorithm: 'raft' };
  assert.throws(() => createMetrics({ mesh, renameMetric: { from: 'cam_x', to: 'y' } }), /no metric cam_x/);
});

test('the lock file pins every package and names no registry', () => {
  const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
  for (const [name, entry] of Object.entries(packages)) {
    if (name === '') continue;
    assert.equal(entry.resolved, undefined, name);
    assert.match(entry.integrity, /^sha512-/, name);
  }
});
