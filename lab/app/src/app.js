// The HTTP side as a whole: which routes there are and what every answer has in common.
import { randomUUID } from 'node:crypto';
import rateLimit from '@fastify/rate-limit';
import { keyReader, requireKey } from './auth.js';
import { HttpError, sendError, sendNotFound } from './errors.js';
import { listRoutes } from './routes-lists.js';
import { processRoute } from './routes-process.js';
import { publicRoutes } from './routes-public.js';
import { sessionRoutes } from './routes-sessions.js';

// Longer than the idle time of usual proxies (60 s), which otherwise reuse a connection just closed here.
const KEEP_ALIVE_MS = 75_000;
const REQUEST_MS = 60_000;

export function serverOptions(config) {
  return {
    logger: { level: config.logLevel, redact: ['req.headers.authorization'] },
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_MS,
    // A request that is already on its way while the server closes is answered as usual.
    return503OnClosing: false,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    frameworkErrors: sendError,
  };
}

export async function addRoutes(app, parts) {
  const { config, lifecycle } = parts;
  app.setErrorHandler(sendError);
  app.setNotFoundHandler(sendNotFound);
  app.addHook('onSend', async (request, reply) => setConnectionHeader(request, reply, lifecycle));
  app.addHook('onRequest', requireKey(keyReader(config.apiKeyFile)));
  await app.register(rateLimit, {
    max: config.rateLimitPerSecond,
    timeWindow: 1000,
    // One budget for a pod: behind a proxy all callers share its address anyway.
    keyGenerator: () => 'all',
    allowList: (request) => request.routeOptions.config.public === true,
    errorResponseBuilder: (_request, { max }) =>
      new HttpError(429, 'rate_limited', `More than ${max} requests a second`),
  });
  const shared = { ...parts, faults: config.faults, mesh: config.mesh };
  publicRoutes(app, shared);
  processRoute(app, shared);
  listRoutes(app, shared);
  sessionRoutes(app, shared);
}

// Node adds "Connection: keep-alive" and "Keep-Alive: timeout=75" to its answers. They are hop-by-hop,
// but a Go proxy such as skipper drops only what Connection names and hands Keep-Alive on, and HTTP/2
// forbids it: clients end with PROTOCOL_ERROR. Removing Connection makes Node add neither; HTTP/1.1
// connections persist without them. HTTP/1.0 clients do need the header and keep it.
function setConnectionHeader(request, reply, lifecycle) {
  if (lifecycle.draining) reply.header('connection', 'close');
  else if (request.raw.httpVersion === '1.1') reply.raw.removeHeader('connection');
}
