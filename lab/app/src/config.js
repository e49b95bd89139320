// Settings come from the environment, secrets from files. Every problem is named at once, so that a
// wrong manifest is repaired in one round.
import { readFileSync } from 'node:fs';
import { parseFaults } from './faults.js';

export const VERSION = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
).version;

export class ConfigError extends Error {}

// Secrets are read when they are used, not kept: a rotated file is picked up by the next connection.
export function readSecret(file) {
  return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
}

class Reader {
  problems = [];

  constructor(env) {
    this.env = env;
  }

  problem(name, found, rule) {
    this.problems.push(`${name} is ${found === undefined ? 'not set' : `"${found}"`}: ${rule}`);
    return undefined;
  }

  text(name, fallback) {
    return this.env[name] || (fallback ?? this.problem(name, undefined, 'set it'));
  }

  number(name, fallback, { min = 0, max = Number.MAX_SAFE_INTEGER, integer = true } = {}) {
    const found = this.env[name] || String(fallback);
    const value = /^\d+(\.\d+)?$/.test(found) ? Number(found) : NaN;
    if (value >= min && value <= max && (!integer || Number.isInteger(value))) return value;
    return this.problem(name, found, `must be ${integer ? 'an integer' : 'a number'} from ${min} to ${max}`);
  }

  choice(name, fallback, allowed) {
    const found = this.env[name] || fallback;
    return allowed.includes(found)
      ? found
      : this.problem(name, found, `must be one of ${allowed.join(', ')}`);
  }

  milliseconds(name, fallback) {
    const found = this.env[name] || fallback;
    const match = /^(\d+)(ms|s|m)$/.exec(found);
    if (!match) return this.problem(name, found, 'must be a duration like 500ms, 30s or 1m');
    return Number(match[1]) * { ms: 1, s: 1000, m: 60_000 }[match[2]];
  }

  file(name) {
    const path = this.text(name);
    if (!path) return undefined;
    try {
      if (readSecret(path) === '') return this.problem(name, path, 'the file is empty');
    } catch (error) {
      return this.problem(name, path, `cannot be read (${error.code ?? error.message})`);
    }
    return path;
  }
}

export function loadConfig(env = process.env) {
  const read = new Reader(env);
  const sslMode = read.choice('DB_SSLMODE', 'verify-full', ['verify-full', 'require', 'disable']);
  const redisTls = read.choice('REDIS_TLS', 'true', ['true', 'false']) === 'true';
  const config = {
    host: read.text('HOST', '0.0.0.0'),
    port: read.number('PORT', 8080, { min: 1, max: 65535 }),
    logLevel: read.choice('LOG_LEVEL', 'info', ['debug', 'info', 'warn', 'error']),
    apiKeyFile: read.file('CAM_API_KEY_FILE'),
    rateLimitPerSecond: read.number('CAM_RATE_LIMIT_PER_SECOND', 500, { min: 1 }),
    drainMs: read.number('SHUTDOWN_DRAIN_SECONDS', 30, { max: 3600, integer: false }) * 1000,
    graceMs: read.number('SHUTDOWN_GRACE_SECONDS', 2, { max: 3600, integer: false }) * 1000,
    database: {
      host: read.text('DB_HOST'),
      port: read.number('DB_PORT', 5432, { min: 1, max: 65535 }),
      name: read.text('DB_NAME', 'cam_production'),
      sslMode,
      userFile: read.file('DB_USER_FILE'),
      passwordFile: read.file('DB_PASSWORD_FILE'),
      caFile: sslMode === 'verify-full' ? read.file('DB_CA_FILE') : undefined,
      poolMax: read.number('DB_POOL_MAX', 10, { min: 1, max: 1000 }),
    },
    redis: {
      host: read.text('REDIS_HOST'),
      port: read.number('REDIS_PORT', 6379, { min: 1, max: 65535 }),
      tls: redisTls,
      passwordFile: read.file('REDIS_PASSWORD_FILE'),
      caFile: redisTls ? read.file('REDIS_CA_FILE') : undefined,
    },
    mesh: {
      id: read.text('CAM_MESH_ID', 'cam-mesh'),
      nodeType: read.choice('CAM_NODE_TYPE', 'arbitrator', ['arbitrator', 'participant']),
      algorithm: read.choice('CAM_CONSENSUS_ALGORITHM', 'raft', ['raft', 'pbft']),
      threshold: read.number('CAM_CONSENSUS_THRESHOLD', 0.66, { max: 1, integer: false }),
      timeoutMs: read.milliseconds('CAM_ARBITRATION_TIMEOUT', '30s'),
      maxParticipants: read.number('CAM_ARBITRATION_MAX_PARTICIPANTS', 10, { min: 1, max: 1000 }),
    },
    faults: parseFaults(env, read),
  };
  if (read.problems.length > 0) throw new ConfigError(read.problems.join('; '));
  return config;
}
