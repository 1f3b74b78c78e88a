// Long polling: bodies of every kind, and two requests at once.
import { forEach } from "../scenario.mjs";

const SEPARATOR = "\x1e";
const ECHO = '42["echo","hello"]';

const BODIES = {
  empty: "",
  "only a separator": SEPARATOR,
  "a separator behind": `${ECHO}${SEPARATOR}`,
  "a separator before": `${SEPARATOR}${ECHO}`,
  "two separators between": `${ECHO}${SEPARATOR}${SEPARATOR}${ECHO}`,
  "unknown type 7": "7",
  "unknown type 9": "9hello",
  "unknown type x": "xhello",
  "unknown type behind a good packet": `${ECHO}${SEPARATOR}7`,
  "unknown type before a good packet": `7${SEPARATOR}${ECHO}`,
  open: '0{"sid":"mine"}',
  ping: "2",
  "ping probe": "2probe",
  pong: "3",
  "pong probe": "3probe",
  upgrade: "5",
  noop: "6",
  close: "1",
  "close with data": "1now",
  "a packet behind close": `1${SEPARATOR}${ECHO}`,
  "a packet before close": `${ECHO}${SEPARATOR}1`,
  "only the letter b": "b",
  "binary that nothing announced": "bAQID",
  "bad base64": "b!!!",
  "a message without a Socket.IO packet": "4",
  "an unknown Socket.IO packet": "47",
  "a body of JSON": '{"hello":"world"}',
  "the length prefix of protocol 3": `${ECHO.length}:${ECHO}`,
  "invalid UTF-8": Buffer.from([
    0x34, 0x32, 0x5b, 0x22, 0x65, 0x63, 0x68, 0x6f, 0x22, 0x2c, 0x22, 0xff, 0xfe, 0x22, 0x5d,
  ]),
  "a byte order mark before": `\ufeff${ECHO}`,
  "a NUL before": `\0${ECHO}`,
  "a line end behind": `${ECHO}\n`,
  "Korean and an emoji": '42["echo","안녕 👋"]',
  "binary in base64": `451-["echo",{"_placeholder":true,"num":0}]${SEPARATOR}bAQIDBA==`,
  "binary in base64 without padding": `451-["echo",{"_placeholder":true,"num":0}]${SEPARATOR}bAQIDBA`,
  "binary in base64 for the web": `451-["echo",{"_placeholder":true,"num":0}]${SEPARATOR}b-_-_`,
  "binary in base64 of no byte": `451-["echo",{"_placeholder":true,"num":0}]${SEPARATOR}b`,
  "as much as the limit allows": `42["never","${"a".repeat(65_536 - 14)}"]`,
  "one byte over the limit": `42["never","${"a".repeat(65_536 - 13)}"]`,
  "twice the limit": `42["never","${"a".repeat(131_072)}"]`,
  "a thousand packets": Array.from({ length: 1_000 }, () => '42["never"]').join(SEPARATOR),
};

const CONTENT_TYPES = {
  "octet-stream": "application/octet-stream",
  "octet-stream with a parameter": "application/octet-stream; charset=UTF-8",
  form: "application/x-www-form-urlencoded",
  JSON: "application/json",
  none: undefined,
};

const METHODS = ["PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"];

export default {
  ...forEach(BODIES, "polling body", async (it, body) => {
    const client = await it.pollingConnected();
    await client.body(body);
    await client.settle();
  }),

  ...forEach(CONTENT_TYPES, "polling content type", async (it, type) => {
    const client = await it.pollingConnected();
    await client.body(ECHO, type === undefined ? {} : { "content-type": type });
    await client.settle();
  }),

  ...forEach(
    Object.fromEntries(METHODS.map((name) => [name, name])),
    "polling method",
    async (it, method) => {
      const client = await it.pollingConnected();
      const { status, headers, body } = await it.startHttp(method, client.path, {}).answered;
      client.lane.write(`${method} ${status}; ${headers}; ${JSON.stringify(body)}`);
      await client.settle();
    },
  ),

  "polling: several packets in one body, in order": async (it) => {
    const client = await it.pollingConnected();
    await client.post(...Array.from({ length: 20 }, (_none, number) => `42["echo",${number}]`));
    await client.settle();
  },

  "polling: CONNECT and events in one body": async (it) => {
    const client = await it.polling();
    await client.post("40", ECHO, '420["echo","with an ack"]');
    await client.settle();
  },

  "polling: what waits comes in one answer": async (it) => {
    const client = await it.pollingConnected();
    await client.post('42["burst",3]');
    const { body } = await client.startPoll().answered;
    client.lane.write(`${body.split(SEPARATOR).length} packets in one answer`);
  },

  "polling: a large answer, gzip accepted": async (it) => {
    const client = await it.pollingConnected();
    await client.post(`42["echo","${"a".repeat(4_000)}"]`);
    const { status, headers, body } = await it.startHttp("GET", client.path, {
      headers: { "accept-encoding": "gzip" },
    }).answered;
    client.lane.write(`${status}; ${headers}; ${headers.includes("gzip") ? "compressed" : body}`);
  },

  "polling: binary comes as base64": async (it) => {
    const client = await it.pollingConnected();
    await client.post(
      '452-0["binary",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]',
      "bAAEC",
      "b/////w==",
    );
    await client.settle();
  },

  "polling: two polls at once": async (it) => {
    const client = await it.pollingConnected();
    const first = client.startPoll();
    await it.arrived();
    const second = client.startPoll();
    await client.finish(second, "second GET");
    await client.finish(first, "first GET");
    await client.settle();
  },

  "polling: two POSTs at once": async (it) => {
    const client = await it.pollingConnected();
    const first = await it.slowPost(client.path, ECHO.length, ECHO.slice(0, 5), "first POST");
    await it.arrived();
    const second = await it.startHttp("POST", client.path, { body: ECHO }).answered;
    client.answer("second POST", second);
    first.bytes("the rest", Buffer.from(ECHO.slice(5)));
    await first.closed();
    client.over = false;
    await client.settle();
  },

  "polling: a poll that is cut": async (it) => {
    const client = await it.pollingConnected();
    const first = client.startPoll();
    await it.arrived();
    first.abort();
    await it.arrived();
    await client.settle();
  },

  "polling: a POST that is cut": async (it) => {
    const client = await it.pollingConnected();
    const first = await it.slowPost(client.path, 1_000, ECHO, "cut POST");
    await it.arrived();
    first.drop();
    await it.arrived();
    await client.settle();
  },

  "polling: close while a poll waits": async (it) => {
    const client = await it.pollingConnected();
    const poll = client.startPoll();
    await it.arrived();
    await client.post("1");
    await client.finish(poll);
    await client.settle();
  },

  "polling: a chunked body over the limit": async (it) => {
    const client = await it.pollingConnected();
    const { status, headers, body } = await it.startHttp("POST", client.path, {
      body: "4".repeat(70_000),
      headers: { "transfer-encoding": "chunked" },
    }).answered;
    client.lane.write(`${status}; ${headers}; ${JSON.stringify(body)}`);
    await client.settle();
  },

  "polling: a declared length over the limit, nothing sent": async (it) => {
    const client = await it.pollingConnected();
    const post = await it.slowPost(client.path, 1_000_000_000, "", "huge POST");
    await it.arrived();
    post.note();
    post.drop();
    await it.arrived();
    await client.settle();
  },
};
