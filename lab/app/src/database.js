// The PostgreSQL pool. It may be made before Postgres is there: migrations are tried until they
// succeed, and until then the process lives but is not ready.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkServerIdentity } from 'node:tls';
import pg from 'pg';
import { readSecret } from './config.js';
import { migrate } from './migrations.js';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;

function tlsOptions({ sslMode, caFile, host }) {
  if (sslMode === 'disable') return false;
  if (sslMode === 'require') return { rejectUnauthorized: false };
  return {
    ca: readFileSync(caFile, 'utf8'),
    // pg checks an IP address against the name "localhost"; verify-full means the host that was asked.
    checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
  };
}

function connectionOptions(config) {
  return {
    host: config.host,
    port: config.port,
    database: config.name,
    user: readSecret(config.userFile),
    password: () => readSecret(config.passwordFile),
    ssl: tlsOptions(config),
    keepAlive: true,
    connectionTimeoutMillis: 2000,
    application_name: 'cam',
  };
}

export class Database {
  #closing = new AbortController();
  #migrated = false;
  #migrating;

  constructor(config, log) {
    const options = connectionOptions(config);
    this.log = log;
    this.options = options;
    this.pool = new pg.Pool({ ...options, max: config.poolMax, query_timeout: 5000, statement_timeout: 5000 });
    // Readiness has a connection of its own: a pool that is merely busy is not a lost database.
    this.probePool = new pg.Pool({ ...options, max: 1, connectionTimeoutMillis: 700, query_timeout: 700 });
    for (const pool of [this.pool, this.probePool]) {
      pool.on('error', (error) => log.warn({ reason: error.message }, 'database connection lost'));
    }
  }

  start() {
    this.#migrating = this.#migrateUntilDone();
  }

  async #migrateUntilDone() {
    for (let wait = FIRST_WAIT_MS; !this.#closing.signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
      const client = new pg.Client(this.options);
      client.on('error', () => {}); // the query that fails says so
      try {
        await client.connect();
        const revision = await migrate(client, this.log);
        this.log.info({ revision }, 'database is migrated');
        this.#migrated = true;
        return;
      } catch (error) {
        this.log.warn({ reason: error.message || error.code, retryInMs: wait }, 'database is not usable yet');
      } finally {
        await client.end().catch(() => {});
      }
      await sleep(wait, undefined, { signal: this.#closing.signal }).catch(() => {});
    }
  }

  async check() {
    if (!this.#migrated) throw new Error('migrations have not run');
    await this.probePool.query('SELECT 1');
  }

  query(text, values) {
    return this.pool.query(text, values);
  }

  async close() {
    this.#closing.abort();
    await this.#migrating;
    await Promise.all([this.pool.end(), this.probePool.end()]);
  }
}
