// The first request of a session: which are answered, which are refused, and how exactly.
import { forEach } from "../scenario.mjs";

const POLLING = "/socket.io/?EIO=4&transport=polling";

const REQUESTS = {
  "a good one": ["GET", POLLING],
  "without a transport": ["GET", "/socket.io/?EIO=4"],
  "an unknown transport": ["GET", "/socket.io/?EIO=4&transport=carrier-pigeon"],
  "the transport webtransport": ["GET", "/socket.io/?EIO=4&transport=webtransport"],
  "a transport named like a property": ["GET", "/socket.io/?EIO=4&transport=constructor"],
  "websocket without an upgrade": ["GET", "/socket.io/?EIO=4&transport=websocket"],
  "without EIO": ["GET", "/socket.io/?transport=polling"],
  "EIO 3": ["GET", "/socket.io/?EIO=3&transport=polling"],
  "EIO 5": ["GET", "/socket.io/?EIO=5&transport=polling"],
  "EIO 04": ["GET", "/socket.io/?EIO=04&transport=polling"],
  "EIO twice": ["GET", "/socket.io/?EIO=3&EIO=4&transport=polling"],
  POST: ["POST", POLLING],
  PUT: ["PUT", POLLING],
  DELETE: ["DELETE", POLLING],
  HEAD: ["HEAD", POLLING],
  OPTIONS: ["OPTIONS", POLLING],
  "OPTIONS from another origin": [
    "OPTIONS",
    POLLING,
    { origin: "http://elsewhere.example", "access-control-request-method": "GET" },
  ],
  "GET from another origin": ["GET", POLLING, { origin: "http://elsewhere.example" }],
  "an unknown sid": ["GET", `${POLLING}&sid=AAAAAAAAAAAAAAAAAAAA`],
  "a sid named like a property": ["GET", `${POLLING}&sid=__proto__`],
  "an empty sid": ["GET", `${POLLING}&sid=`],
  "a very long sid": ["GET", `${POLLING}&sid=${"A".repeat(2_000)}`],
  "POST with an unknown sid": ["POST", `${POLLING}&sid=AAAAAAAAAAAAAAAAAAAA`],
  "an unknown sid over websocket without an upgrade": [
    "GET",
    "/socket.io/?EIO=4&transport=websocket&sid=AAAAAAAAAAAAAAAAAAAA",
  ],
  "with a cache buster and base64": ["GET", `${POLLING}&t=abc123&b64=1`],
  "with broken percent signs": ["GET", `${POLLING}&t=%zz%`],
  "without a trailing slash": ["GET", "/socket.io?EIO=4&transport=polling"],
  "a path below": ["GET", "/socket.io/more?EIO=4&transport=polling"],
  "from Internet Explorer": [
    "GET",
    POLLING,
    { "user-agent": "Mozilla/5.0 (compatible;MSIE 10.0)" },
  ],
  "that accepts gzip": ["GET", POLLING, { "accept-encoding": "gzip" }],
};

const WEBSOCKET = "/socket.io/?EIO=4&transport=websocket";

const UPGRADES = {
  "a good one": [WEBSOCKET],
  "EIO 3": ["/socket.io/?EIO=3&transport=websocket"],
  "EIO 5": ["/socket.io/?EIO=5&transport=websocket"],
  "without EIO": ["/socket.io/?transport=websocket"],
  "an unknown transport": ["/socket.io/?EIO=4&transport=carrier-pigeon"],
  "the transport polling": ["/socket.io/?EIO=4&transport=polling"],
  "without a transport": ["/socket.io/?EIO=4"],
  "an unknown sid": [`${WEBSOCKET}&sid=AAAAAAAAAAAAAAAAAAAA`],
  POST: [WEBSOCKET, { method: "POST" }],
  "without a key": [WEBSOCKET, { headers: { "sec-websocket-key": undefined } }],
  "a key of the wrong length": [WEBSOCKET, { headers: { "sec-websocket-key": "YWJj" } }],
  "without a version": [WEBSOCKET, { headers: { "sec-websocket-version": undefined } }],
  "version 12": [WEBSOCKET, { headers: { "sec-websocket-version": "12" } }],
  "version 8": [WEBSOCKET, { headers: { "sec-websocket-version": "8" } }],
  "an upgrade to something else": [WEBSOCKET, { headers: { upgrade: "h2c" } }],
  "with a subprotocol": [WEBSOCKET, { headers: { "sec-websocket-protocol": "chat, superchat" } }],
  "with compression offered": [
    WEBSOCKET,
    { headers: { "sec-websocket-extensions": "permessage-deflate; client_max_window_bits" } },
  ],
  "from another origin": [WEBSOCKET, { headers: { origin: "http://elsewhere.example" } }],
};

export default {
  ...forEach(REQUESTS, "handshake by HTTP", async (it, [method, path, headers]) => {
    await it.http(it.lane("http"), method, path, { headers });
  }),

  ...forEach(UPGRADES, "handshake by upgrade", async (it, [path, options]) => {
    const client = await it.webSocket("websocket", path, options);
    if (!client.over) {
      client.lane.write(`< ${client.headLine()}`);
      await client.expect();
      await client.settle();
    }
  }),
};
