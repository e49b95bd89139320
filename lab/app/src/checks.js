// What the process knows about a dependency: asked at most once a second while it answers (a failure
// is doubted sooner), and never for longer than a probe waits.
export class Check {
  #last;
  #running;

  constructor(name, probe, { log, maxAgeMs = { healthy: 1000, unhealthy: 250 }, timeoutMs = 800 }) {
    Object.assign(this, { name, probe, log, maxAgeMs, timeoutMs });
  }

  async read() {
    const last = this.#last;
    if (last && performance.now() - last.at < this.maxAgeMs[last.result.status]) return last.result;
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
    return this.#running;
  }

  async #run() {
    const start = performance.now();
    let error;
    try {
      await within(this.timeoutMs, this.probe());
    } catch (caught) {
      error = caught;
    }
    const result = {
      status: error ? 'unhealthy' : 'healthy',
      responseTime: Math.round(performance.now() - start),
      lastCheck: new Date().toISOString(),
    };
    if (this.#last && this.#last.result.status !== result.status) {
      this.log[error ? 'warn' : 'info']({ dependency: this.name, reason: error?.message }, result.status);
    }
    this.#last = { at: performance.now(), result };
    return result;
  }
}

export async function within(milliseconds, promise, late = new Error(`no answer in ${milliseconds} ms`)) {
  let timer;
  const clock = new Promise((_, reject) => {
    timer = setTimeout(() => reject(late), milliseconds);
  });
  try {
    return await Promise.race([promise, clock]);
  } finally {
    clearTimeout(timer);
  }
}
