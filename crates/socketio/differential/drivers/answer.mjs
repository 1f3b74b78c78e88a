// An HTTP answer as one line, without what is an HTTP server's own business.

/** `head` is the status line and the headers as they came, `undefined` when none did. */
export function answerLines(head, body) {
  if (head === undefined) {
    return "tcp end without an answer";
  }
  const [status, ...headers] = head.split("\r\n");
  const compared = headers
    .map((line) => line.replace(/^[^:]*/, (name) => name.toLowerCase()))
    .filter((line) => !/^(date|content-length|connection|keep-alive|transfer-encoding):/.test(line))
    .sort();
  return [
    status.slice("HTTP/1.1 ".length),
    ...compared,
    JSON.stringify(body.toString("utf8")),
  ].join("; ");
}
