// Requests to the edge at a fixed rate: half of them reads, half through the whole of the mesh.
// CAM_URL, CAM_API_KEY_FILE, CAM_RATE (a second), CAM_SECONDS, CAM_ADDRESS (host:port to connect to),
// CAM_PROMPTS (how many different ones: the mesh answers a repeated one from its cache), CAM_NEW_CONNECTIONS.
import http from "k6/http";
import { check } from "k6";
import exec from "k6/execution";

const url = __ENV.CAM_URL;
const key = open(__ENV.CAM_API_KEY_FILE).trim();
const prompts = Number(__ENV.CAM_PROMPTS);
const fresh = __ENV.CAM_NEW_CONNECTIONS === "true";
const place = url.replace(/^https?:\/\//, "");

export const options = {
  hosts: { [place]: __ENV.CAM_ADDRESS },
  noConnectionReuse: fresh,
  discardResponseBodies: true,
  scenarios: {
    steady: {
      executor: "constant-arrival-rate",
      rate: Number(__ENV.CAM_RATE),
      timeUnit: "1s",
      duration: `${__ENV.CAM_SECONDS}s`,
      preAllocatedVUs: 200,
      maxVUs: 400,
    },
  },
  thresholds: { http_req_failed: ["rate==0"], checks: ["rate==1"] },
};

export default function () {
  const number = exec.scenario.iterationInTest;
  const answer =
    number % 2
      ? http.get(`${url}/ready`)
      : http.post(`${url}/process`, JSON.stringify({ prompt: `load ${fresh} ${number % prompts}` }), {
          headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
        });
  if (answer.status !== 200) {
    console.error(`${answer.request.method} status ${answer.status}, code ${answer.error_code}: ${answer.error}`);
  }
  check(answer, { "status is 200": (one) => one.status === 200 });
}
