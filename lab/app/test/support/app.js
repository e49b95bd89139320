// The app as the cluster runs it: its own process, settings by environment, secrets by file.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePort, until } from './services.js';

const SERVER = fileURLToPath(new URL('../../src/server.js', import.meta.url));
export const API_KEY = 'api-key-of-a-test';

export function environment(services, more = {}) {
  return {
    HOST: '127.0.0.1',
    DB_HOST: 'localhost',
    DB_PORT: String(services.postgres.port),
    DB_NAME: 'cam_production',
    DB_SSLMODE: 'verify-full',
    DB_USER_FILE: services.files.user,
    DB_PASSWORD_FILE: services.files.databasePassword,
    DB_CA_FILE: services.files.ca,
    REDIS_HOST: 'localhost',
    REDIS_PORT: String(services.redis.port),
    REDIS_TLS: 'true',
    REDIS_PASSWORD_FILE: services.files.redisPassword,
    REDIS_CA_FILE: services.files.ca,
    CAM_API_KEY_FILE: services.secret('api-key', `${API_KEY}\n`),
    SHUTDOWN_GRACE_SECONDS: '0.3',
    ...more,
  };
}

export function spawnApp(env) {
  const child = spawn(process.execPath, [SERVER], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const app = { child, output: '', base: `http://127.0.0.1:${env.PORT}` };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (app.output += data));
  app.exit = new Promise((resolve) => child.on('exit', (code, signal) => resolve(code ?? signal)));
  app.call = (path, { method = 'GET', body, key = API_KEY, headers = {} } = {}) =>
    fetch(app.base + path, {
      method,
      headers: {
        ...(key ? { authorization: `Bearer ${key}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    });
  app.process = (body, headers) => app.call('/process', { method: 'POST', body, headers });
  app.stop = async (signal = 'SIGTERM') => {
    child.kill(signal);
    return app.exit;
  };
  return app;
}

export async function startApp(services, more = {}, { path = '/ready', status = 200 } = {}) {
  const app = spawnApp(environment(services, { PORT: String(await freePort()), ...more }));
  try {
    await until(`${path} is ${status}`, async () => {
      if (app.child.exitCode !== null) throw new Error('the app ended');
      return (await fetch(app.base + path)).status === status;
    });
  } catch (error) {
    app.child.kill('SIGKILL');
    throw new Error(`${error.message}\n${app.output}`);
  }
  return app;
}

// The value of one series of a metrics page, undefined when it is not there.
export async function series(app, name, path = '/metrics') {
  const text = await (await fetch(app.base + path)).text();
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
}
