// A collaboration session is open while the candidates of one request work on it together.
export async function withSession(metrics, participants, work) {
  metrics.sessions.inc();
  metrics.sessionsTotal.inc();
  metrics.participants.inc(participants);
  try {
    return await work();
  } finally {
    metrics.sessions.dec();
    metrics.participants.dec(participants);
  }
}
