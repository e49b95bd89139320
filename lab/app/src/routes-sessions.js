// Collaboration sessions that callers open and close. Each is a row, so any pod can close it.
import { randomUUID } from 'node:crypto';
import { HttpError } from './errors.js';
import { idParams, sessionBody } from './schemas.js';

export function sessionRoutes(app, { store, mesh }) {
  app.post('/collaboration/sessions', { schema: { body: sessionBody } }, async (request, reply) => {
    const { participants } = request.body;
    if (participants.length > mesh.maxParticipants) {
      throw new HttpError(400, 'too_many_participants', `At most ${mesh.maxParticipants} may take part`);
    }
    const { id, openedAt } = await store.openSession({ id: randomUUID(), participants });
    return reply
      .code(201)
      .header('location', `/collaboration/sessions/${id}`)
      .send({ sessionId: id, participants, openedAt });
  });

  app.delete('/collaboration/sessions/:id', { schema: { params: idParams } }, async ({ params }, reply) => {
    if (!(await store.closeSession(params.id))) {
      throw new HttpError(404, 'not_found', `No open session has the id ${params.id}`);
    }
    return reply.code(204).send();
  });
}
