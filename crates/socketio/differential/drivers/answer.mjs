// An HTTP answer as one line, without what is an HTTP server's own business.

/** Whether `body` is as long as `head` says; a body without a length ends with its connection. */
export function isWhole(head, body) {
  const length = /^content-length: *(\d+)/im.exec(head ?? "")?.[1];
  return length !== undefined && body.length >= Number(length);
}

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
