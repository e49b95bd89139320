// Every answer above 399 has the same body: {"error": {"code", "message", "requestId"}}.
const CODES = {
  400: 'invalid_request',
  401: 'unauthorized',
  404: 'not_found',
  413: 'too_large',
  415: 'unsupported_media_type',
  429: 'rate_limited',
};

export class HttpError extends Error {
  constructor(statusCode, code, message) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
    this.expected = true;
  }
}

export function sendError(error, request, reply) {
  const status = error.statusCode >= 400 && error.statusCode < 600 ? error.statusCode : 500;
  const hidden = status >= 500 && !error.expected;
  if (hidden) request.log.error({ err: error }, 'request failed');
  return reply.code(status).send({
    error: {
      code: error.expected ? error.code : (CODES[status] ?? (hidden ? 'internal_error' : 'invalid_request')),
      // The reason of an unexpected failure is for the log: it may name hosts, users or queries.
      message: hidden ? 'The request could not be processed' : error.message,
      requestId: request.id,
    },
  });
}

export function sendNotFound(request, reply) {
  return sendError(new HttpError(404, 'not_found', `No route ${request.method} ${request.url}`), request, reply);
}
