// One HTTP request at a time on its own TCP connection; the body and the headers may be anything.
import { request } from "node:http";
import { within } from "./deadline.mjs";

// How an HTTP server frames its bodies and keeps its connections is its own business, and when it
// answered is nobody's.
const UNCOMPARED_HEADERS = new Set([
  "connection",
  "content-length",
  "date",
  "keep-alive",
  "transfer-encoding",
]);

/**
 * Starts a request; `answered` resolves to status, headers and body, or to how the connection
 * ended.
 */
export function start(port, method, path, { body, headers = {} } = {}) {
  const sent = request({ port, host: "127.0.0.1", method, path, headers, agent: false });
  const answered = new Promise((resolve) => {
    sent.on("error", () => resolve({ status: "no answer", headers: "", body: "" }));
    sent.on("response", (response) => {
      const chunks = [];
      response.on("data", (chunk) => chunks.push(chunk));
      response.on("error", () => resolve({ status: "cut answer", headers: "", body: "" }));
      response.on("end", () => resolve(answerOf(response, Buffer.concat(chunks).toString("utf8"))));
    });
  });
  sent.end(body);
  return { answered: within(answered, `${method} ${path}`), abort: () => sent.destroy() };
}

/** One request and its answer. */
export function exchange(port, method, path, options) {
  return start(port, method, path, options).answered;
}

function answerOf(response, body) {
  const headers = Object.entries(response.headers)
    .filter(([name]) => !UNCOMPARED_HEADERS.has(name))
    .map(([name, value]) => `${name}: ${value}`)
    .sort()
    .join("; ");
  return { status: response.statusCode, headers, body };
}
