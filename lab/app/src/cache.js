// Answers in Redis. A cache that is away costs a request time, never its answer.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createClient } from 'redis';
import { within } from './checks.js';
import { readSecret } from './config.js';

export const TTL_SECONDS = 300;
const COMMAND_MS = 500;
const LONGEST_WAIT_MS = 2000;

export const sha256 = (text) => createHash('sha256').update(text).digest('hex');

// The same prompt, policy (as it stands now) and generation parameters; a tag does not count.
export function cacheKey({ prompt, policy, parameters = {} }) {
  const { tag, ...shaping } = parameters;
  const sorted = Object.entries(shaping).sort(([a], [b]) => (a < b ? -1 : 1));
  return `cam:answer:${sha256(JSON.stringify([prompt, policy.id, policy.updatedAt ?? null, sorted]))}`;
}

export class Cache {
  #closing = false;

  constructor(config, log) {
    const tls = config.tls
      ? { tls: true, ca: readFileSync(config.caFile, 'utf8'), servername: config.host }
      : {};
    this.log = log;
    this.client = createClient({
      socket: {
        host: config.host,
        port: config.port,
        ...tls,
        connectTimeout: 2000,
        socketTimeout: 15_000,
        reconnectStrategy: (tries) => Math.min(100 * 2 ** tries, LONGEST_WAIT_MS),
      },
      // Asked on each connection, so a rotated password works after the next reconnect.
      credentialsProvider: {
        type: 'async-credentials-provider',
        credentials: async () => ({ password: readSecret(config.passwordFile) }),
      },
      pingInterval: 5000,
      disableOfflineQueue: true,
      disableClientInfo: true, // the ACL user may need no command but GET, SET and PING
    });
    this.client.on('error', (error) => this.#report(error));
  }

  #said = '';

  #report(error) {
    const reason = error.message || error.code;
    if (this.#closing || reason === this.#said) return; // one line for a reason, not one for a try
    this.#said = reason;
    this.log.warn({ reason }, 'redis is not usable');
  }

  start() {
    this.client.on('ready', () => {
      this.#said = '';
      this.log.info('redis is connected');
    });
    this.client.connect().catch((error) => this.#report(error));
  }

  check() {
    return this.client.ping();
  }

  async get(key) {
    try {
      const found = await within(COMMAND_MS, this.client.get(key));
      return found ? JSON.parse(found) : undefined;
    } catch (error) {
      this.#report(error);
      return undefined;
    }
  }

  async set(key, value) {
    try {
      await within(COMMAND_MS, this.client.set(key, JSON.stringify(value), { EX: TTL_SECONDS }));
    } catch (error) {
      this.#report(error);
    }
  }

  close() {
    this.#closing = true;
    if (this.client.isOpen) this.client.destroy();
  }
}
