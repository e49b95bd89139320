// What the stress scenario does around each request. Reads the variables that cam_load sets
// (plugins/module_utils/_load_tools.py); the key is in a file.
const dns = require("node:dns");
const fs = require("node:fs");

const key = fs.readFileSync(process.env.CAM_API_KEY_FILE, "utf8").trim();
const processPercent = Number(process.env.CAM_PROCESS_PERCENT);
const stepMs = Number(process.env.CAM_STEP_SECONDS) * 1000;
const READS = ["/health", "/ready", "/models", "/policies"];
let first = 0;
let sent = 0;

// Another address than the name resolves to: TLS and HTTP still ask for the name.
if (process.env.CAM_ADDRESS) {
  const name = new URL(process.env.CAM_URL).hostname;
  const at = process.env.CAM_ADDRESS.lastIndexOf(":");
  const address = process.env.CAM_ADDRESS.slice(0, at).replace(/^\[|\]$/g, "");
  const family = address.includes(":") ? 6 : 4;
  const real = dns.lookup;
  dns.lookup = (host, options, done) => {
    const [settings, answer] = typeof options === "function" ? [{}, options] : [options, done];
    if (host !== name) return real(host, settings, answer);
    const found = settings.all ? [[{ address, family }]] : [address, family];
    return process.nextTick(answer, null, ...found);
  };
}

function before(request, context, events, next) {
  const now = Date.now();
  first ||= now;
  context.vars.began = now;
  context.vars.step = `cam.step.${Math.floor((now - first) / stepMs)}`;
  const headers = { host: process.env.CAM_HOST, authorization: `Bearer ${key}` };
  request.headers = { ...request.headers, ...headers };
  if (Math.random() * 100 < processPercent) {
    request.json = { prompt: `load ${sent % 50}` };
  } else {
    request.method = "GET";
    request.url = new URL(READS[sent % READS.length], process.env.CAM_TARGET).href;
  }
  sent += 1;
  events.emit("counter", `${context.vars.step}.requests`, 1);
  return next();
}

function after(request, response, context, events, next) {
  events.emit("histogram", `${context.vars.step}.ms`, Date.now() - context.vars.began);
  if (response.statusCode === 200) events.emit("counter", `${context.vars.step}.good`, 1);
  return next();
}

module.exports = { before, after };
