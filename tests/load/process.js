// Requests to the edge at a fixed rate: half of them reads, half through the whole of the mesh.
// CAM_URL, CAM_API_KEY_FILE, CAM_RATE (a second), CAM_SECONDS, CAM_ADDRESS (host:port to connect to).
import http from "k6/http";
import { check } from "k6";

const url = __ENV.CAM_URL;
const key = open(__ENV.CAM_API_KEY_FILE).trim();
const place = url.replace(/^https?:\/\//, "");

export const options = {
  hosts: { [place]: __ENV.CAM_ADDRESS },
  noConnectionReuse: __ENV.CAM_NEW_CONNECTIONS === "true",
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
  const answer =
    __ITER % 2
      ? http.get(`${url}/ready`)
      : http.post(`${url}/process`, JSON.stringify({ prompt: `load ${__ITER % 50}` }), {
          headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
        });
  if (answer.status !== 200) {
    console.error(`${answer.request.method} status ${answer.status}, code ${answer.error_code}: ${answer.error}`);
  }
  check(answer, { "status is 200": (one) => one.status === 200 });
}
