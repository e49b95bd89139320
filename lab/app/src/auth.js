// Everything but health, readiness and metrics needs the API key.
import { createHash, timingSafeEqual } from 'node:crypto';
import { readSecret } from './config.js';
import { HttpError } from './errors.js';

const REREAD_MS = 5000;
const digest = (text) => createHash('sha256').update(text).digest();

// Read again now and then, so that a rotated key is honoured without a restart; while the file is
// being replaced the key last read stays valid.
export function keyReader(file, now = () => performance.now()) {
  let key = digest(readSecret(file));
  let readAt = now();
  return () => {
    if (now() - readAt > REREAD_MS) {
      readAt = now();
      try {
        const text = readSecret(file);
        if (text) key = digest(text);
      } catch {
        // kept
      }
    }
    return key;
  };
}

export function requireKey(currentKey) {
  return async (request, reply) => {
    if (request.routeOptions.config.public) return;
    const [, given] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
    // Digests have one length, so the comparison takes the same time whatever was given.
    if (timingSafeEqual(digest(given ?? ''), currentKey()) && given) return;
    reply.header('www-authenticate', 'Bearer');
    throw new HttpError(401, 'unauthorized', 'Send the API key as "Authorization: Bearer <key>"');
  };
}
