// Migrations are forward-only and safe for many pods at once.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { migrate } from '../src/migrations.js';
import { startApp } from './support/app.js';
import { startServices } from './support/services.js';

const silent = { info() {} };
let services;

before(async () => {
  services = await startServices();
});
after(() => services?.stop());
beforeEach(() => services.query('DROP SCHEMA public CASCADE').then(() => services.query('CREATE SCHEMA public')));

const revisions = async () =>
  (await services.query('SELECT revision FROM schema_revision ORDER BY 1')).map((row) => row.revision);

async function withClients(count, work) {
  const clients = await Promise.all(Array.from({ length: count }, () => services.connect('cam_production')));
  try {
    return await work(clients);
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

test('two instances that start at once apply each step once', async () => {
  const apps = await Promise.all([startApp(services), startApp(services)]);
  try {
    assert.deepEqual(await revisions(), [1, 2, 3, 4]);
    const applied = apps.flatMap((app) => app.output.match(/migration applied/g) ?? []);
    assert.equal(applied.length, 4);
    assert.equal((await services.query('SELECT 1 FROM policies')).length, 4);
  } finally {
    await Promise.all(apps.map((app) => app.stop('SIGKILL')));
  }
  const again = await startApp(services);
  await again.stop('SIGKILL');
  assert.ok(!again.output.includes('migration applied'));
});

test('ten clients at once', () =>
  withClients(10, async (clients) => {
    const reached = await Promise.all(clients.map((client) => migrate(client, silent)));
    assert.deepEqual([...new Set(reached)], [4]);
    assert.deepEqual(await revisions(), [1, 2, 3, 4]);
  }));

test('rows survive a later step', () =>
  withClients(1, async ([client]) => {
    const first = ['CREATE TABLE kept (n int)', 'INSERT INTO kept VALUES (7)'];
    await migrate(client, silent, first);
    assert.equal(await migrate(client, silent, [...first, 'ALTER TABLE kept ADD COLUMN m int']), 3);
    assert.deepEqual(await services.query('SELECT n, m FROM kept'), [{ n: 7, m: null }]);
  }));

test('a failing step leaves nothing of itself and frees the lock', () =>
  withClients(2, async ([client, other]) => {
    const steps = ['CREATE TABLE good (n int)', 'CREATE TABLE half (n int); SELECT 1/0'];
    await assert.rejects(migrate(client, silent, steps), /division by zero/);
    assert.deepEqual(await revisions(), [1]);
    assert.deepEqual(await services.query(`SELECT to_regclass('half') AS half`), [{ half: null }]);
    assert.equal(await migrate(other, silent, [steps[0], 'SELECT 1']), 2);
  }));

test('an older app runs on a newer schema and changes nothing', () =>
  withClients(1, async ([client]) => {
    await migrate(client, silent, Array(5).fill('SELECT 1'));
    assert.equal(await migrate(client, silent), 5);
    assert.deepEqual(await revisions(), [1, 2, 3, 4, 5]);
  }));
