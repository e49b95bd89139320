// load, spike and soak: requests at a rate that does not wait for answers, as real clients do not.
// Reads the variables that cam_load sets (plugins/module_utils/_load_tools.py); the key is in a file.
import http from "k6/http";
import { check } from "k6";

const url = __ENV.CAM_URL;
const key = open(__ENV.CAM_API_KEY_FILE).trim();
const seconds = Number(__ENV.CAM_SECONDS);
const rate = Number(__ENV.CAM_RATE);
const peak = Number(__ENV.CAM_PEAK_RATE);
const processPercent = Number(__ENV.CAM_PROCESS_PERCENT);
const READS = ["/health", "/ready", "/models", "/policies"];

const part = (target, share) => ({ target, duration: `${Math.max(1, Math.round(seconds * share))}s` });
// A request that waits a second for its answer takes a virtual user for that second.
const users = (most) => ({ preAllocatedVUs: Math.min(most, 100), maxVUs: Math.min(most * 2, 1000) });
const steady = { executor: "constant-arrival-rate", rate, duration: `${seconds}s`, ...users(rate) };
const SCENARIOS = {
  load: steady,
  soak: steady,
  spike: {
    executor: "ramping-arrival-rate",
    startRate: rate,
    stages: [part(rate, 0.2), part(peak, 0.1), part(peak, 0.3), part(rate, 0.1), part(rate, 0.3)],
    ...users(peak),
  },
};

export const options = {
  hosts: __ENV.CAM_ADDRESS ? { [__ENV.CAM_HOST]: __ENV.CAM_ADDRESS } : {},
  discardResponseBodies: true,
  summaryTrendStats: ["med", "p(95)", "p(99)", "max"],
  scenarios: { [__ENV.CAM_SCENARIO]: SCENARIOS[__ENV.CAM_SCENARIO] },
};

export default function () {
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
  const answer =
    Math.random() * 100 < processPercent
      ? http.post(`${url}/process`, JSON.stringify({ prompt: `load ${__ITER % 50}` }), { headers })
      : http.get(`${url}${READS[__ITER % READS.length]}`, { headers });
  if (!check(answer, { "status is 200": (one) => one.status === 200 })) tell(answer);
}

// Once for each virtual user: enough to name the cause, too little to drown it.
let told = false;
function tell(answer) {
  if (told) return;
  told = true;
  const why = answer.error_code < 1400 ? answer.error.replace(/^.*: /, "") : `status ${answer.status}`;
  console.warn(`failed: ${why}`);
}

export function handleSummary(data) {
  return { [__ENV.CAM_SUMMARY]: JSON.stringify(data) };
}
