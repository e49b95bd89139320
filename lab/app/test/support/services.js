// A real PostgreSQL and Redis for one test file: unprivileged, TLS only, on free loopback ports.
import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createClient } from 'redis';

export const SECRETS = { database: 'db-password-of-a-test', redis: 'redis-password-of-a-test' };
const CERT_DAYS = '2';

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export async function until(what, probe, milliseconds = 45_000) {
  const end = performance.now() + milliseconds;
  for (let last; ; await sleep(50)) {
    try {
      const value = await probe();
      if (value) return value;
      last = `last value ${value}`;
    } catch (error) {
      last = error.message || error.code;
    }
    if (performance.now() > end) throw new Error(`${what}: not within ${milliseconds} ms (${last})`);
  }
}

function postgresBinaries() {
  if (process.env.PG_BIN) return process.env.PG_BIN;
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => b - a) : [];
  if (versions.length === 0) throw new Error(`no PostgreSQL in ${root}: install postgresql or set PG_BIN`);
  return join(root, versions[0], 'bin');
}

// PostgreSQL refuses to run as root.
function unprivileged() {
  if (process.getuid() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'));
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  return { uid: Number(user[2]), gid: Number(user[3]) };
}

const quiet = { stdio: ['ignore', 'ignore', 'pipe'] };

function makeCertificates(dir) {
  const file = (name) => join(dir, name);
  const openssl = (...args) => execFileSync('openssl', args, quiet);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-keyout', file('ca.key'), '-out', file('ca.crt'), '-days', CERT_DAYS,
    '-subj', '/CN=test CA');
  openssl('req', ...key, '-keyout', file('tls.key'), '-out', file('tls.csr'), '-subj', '/CN=localhost');
  // No address in it: verify-full has to refuse 127.0.0.1.
  writeFileSync(file('san'), 'subjectAltName=DNS:localhost\n');
  openssl('x509', '-req', '-in', file('tls.csr'), '-CA', file('ca.crt'), '-CAkey', file('ca.key'),
    '-CAcreateserial', '-days', CERT_DAYS, '-extfile', file('san'), '-out', file('tls.crt'));
}

class Service {
  constructor(command, args, options) {
    Object.assign(this, { command, args, options, errors: '' });
  }

  async start() {
    this.child = spawn(this.command, this.args, { ...this.options, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.on('data', (data) => (this.errors = (this.errors + data).slice(-4000)));
    }
    this.exit = new Promise((resolve) => this.child.on('exit', resolve));
    try {
      await until(`${this.command} answers`, () => this.child.exitCode !== null || this.probe());
      if (this.child.exitCode !== null) throw new Error(`${this.command} ended with ${this.child.exitCode}`);
    } catch (error) {
      throw new Error(`${error.message}\n${this.errors}`);
    }
  }

  // Accepts connections and never answers: the worst way to be away. PostgreSQL's open connections
  // have processes of their own.
  pause(signal = 'SIGSTOP') {
    const { pid } = this.child;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    for (const each of [pid, ...children.map(Number)]) process.kill(each, signal);
  }

  resume() {
    this.pause('SIGCONT');
  }

  async stop(signal = this.stopSignal) {
    if (!this.child || this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill(signal);
    await this.exit;
  }
}

export async function startServices() {
  const dir = mkdtempSync(join(tmpdir(), 'cam-app-test-'));
  const who = unprivileged();
  const own = (path) => who.uid !== undefined && chownSync(path, who.uid, who.gid);
  makeCertificates(dir);
  const ca = readFileSync(join(dir, 'ca.crt'), 'utf8');
  for (const name of ['', 'tls.key', 'tls.crt', 'ca.crt']) own(join(dir, name));

  const secret = (name, text) => {
    writeFileSync(join(dir, name), text, { mode: 0o600 });
    own(join(dir, name));
    return join(dir, name);
  };
  const files = {
    ca: join(dir, 'ca.crt'),
    user: secret('username', 'cam'),
    databasePassword: secret('db-password', SECRETS.database),
    redisPassword: secret('redis-password', SECRETS.redis),
  };

  // The least the app needs: a cluster may give it no more.
  secret('users.acl', `user default on >${SECRETS.redis} ~cam:* -@all +get +set +ping\n`);
  const redis = new Service('redis-server', [
    '--port', '0', '--bind', '127.0.0.1', '--tls-port', String(await freePort()), '--tls-auth-clients', 'no',
    '--tls-cert-file', join(dir, 'tls.crt'), '--tls-key-file', join(dir, 'tls.key'), '--tls-ca-cert-file', files.ca,
    '--aclfile', join(dir, 'users.acl'), '--save', '', '--dir', dir,
  ], who);
  redis.stopSignal = 'SIGTERM';
  redis.port = Number(redis.args[5]);
  redis.probe = async () => {
    const client = createClient({
      password: SECRETS.redis,
      socket: { host: 'localhost', port: redis.port, tls: true, ca, reconnectStrategy: false },
    });
    client.on('error', () => {});
    await client.connect();
    client.destroy();
    return true;
  };

  const bin = postgresBinaries();
  const data = join(dir, 'pgdata');
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'cam', '-A', 'scram-sha-256', '--no-sync', '-E', 'UTF8',
    '--locale=C', `--pwfile=${files.databasePassword}`], { ...who, ...quiet, cwd: dir });
  writeFileSync(join(data, 'pg_hba.conf'), 'hostssl all all 127.0.0.1/32 scram-sha-256\n');
  const postgres = new Service(join(bin, 'postgres'), ['-D', data, '-p', String(await freePort()), '-h', '127.0.0.1',
    '-c', 'unix_socket_directories=', '-c', 'fsync=off', '-c', 'ssl=on',
    '-c', `ssl_cert_file=${join(dir, 'tls.crt')}`, '-c', `ssl_key_file=${join(dir, 'tls.key')}`], { ...who, cwd: dir });
  postgres.stopSignal = 'SIGINT'; // fast shutdown
  postgres.port = Number(postgres.args[3]);

  const connect = async (database) => {
    const client = new pg.Client({
      host: 'localhost', port: postgres.port, user: 'cam', password: SECRETS.database, database, ssl: { ca },
    });
    client.on('error', () => {});
    await client.connect();
    return client;
  };
  const query = async (text, values, database = 'cam_production') => {
    const client = await connect(database);
    try {
      return (await client.query(text, values)).rows;
    } finally {
      await client.end();
    }
  };
  postgres.probe = () => query('SELECT 1', [], 'postgres');

  const stop = async () => {
    await Promise.all([postgres.stop(), redis.stop()]);
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await Promise.all([postgres.start(), redis.start()]);
    await query('CREATE DATABASE cam_production', [], 'postgres');
  } catch (error) {
    await stop();
    throw error;
  }
  return { dir, files, postgres, redis, query, connect, secret, stop };
}
