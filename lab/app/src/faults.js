// Faults that the failure tests order by environment. Nothing here does anything unless
// CAM_FAULTS_ENABLED is exactly "true", which no inventory but a local one may set.
const KNOWN = new Set([
  'CAM_FAULTS_ENABLED',
  'CAM_FAULT_LATENCY_MS',
  'CAM_FAULT_PROVIDER_LATENCY_MS',
  'CAM_FAULT_ERROR_SHARE',
  'CAM_FAULT_READINESS',
  'CAM_FAULT_CRASH_ON_START',
  'CAM_FAULT_MEMORY_GROWTH_MIB',
  'CAM_FAULT_VERSION',
  'CAM_FAULT_RENAME_METRIC',
]);
const NONE = Object.freeze({ enabled: false, latencyMs: 0, providerLatencyMs: 0, errorShare: 0, memoryGrowthMib: 0 });

export function parseFaults(env, read) {
  if (env.CAM_FAULTS_ENABLED !== 'true') return NONE;
  for (const name of Object.keys(env)) {
    // A misspelt fault would be a failure test that tests nothing.
    if (name.startsWith('CAM_FAULT') && !KNOWN.has(name)) {
      read.problem(name, env[name], `unknown fault, must be one of ${[...KNOWN].join(', ')}`);
    }
  }
  return {
    enabled: true,
    latencyMs: read.number('CAM_FAULT_LATENCY_MS', 0, { max: 600_000 }),
    providerLatencyMs: read.number('CAM_FAULT_PROVIDER_LATENCY_MS', 0, { max: 600_000 }),
    errorShare: read.number('CAM_FAULT_ERROR_SHARE', 0, { max: 1, integer: false }),
    notReady: read.choice('CAM_FAULT_READINESS', 'false', ['true', 'false']) === 'true',
    crashOnStart: read.choice('CAM_FAULT_CRASH_ON_START', 'false', ['true', 'false']) === 'true',
    memoryGrowthMib: read.number('CAM_FAULT_MEMORY_GROWTH_MIB', 0, { max: 1024 }),
    version: env.CAM_FAULT_VERSION || undefined,
    renameMetric: parseRename(env.CAM_FAULT_RENAME_METRIC, read),
  };
}

function parseRename(found, read) {
  if (!found) return undefined;
  const match = /^([a-z_][a-z0-9_]*)=([a-z_][a-z0-9_]*)$/.exec(found);
  if (!match) return read.problem('CAM_FAULT_RENAME_METRIC', found, 'must be old_name=new_name');
  return { from: match[1], to: match[2] };
}

// Exactly the share asked for, evenly spread: a random draw would make short tests flaky.
export function everyShare(share) {
  let owed = 0;
  return () => {
    owed += share;
    if (owed < 1 - 1e-9) return false;
    owed -= 1;
    return true;
  };
}

export function startMemoryGrowth(mibPerSecond) {
  if (!mibPerSecond) return undefined;
  const kept = [];
  // Filled, since pages that nobody wrote to do not count against a memory limit.
  return setInterval(() => kept.push(Buffer.alloc(mibPerSecond * 1024 * 1024, 1)), 1000).unref();
}
