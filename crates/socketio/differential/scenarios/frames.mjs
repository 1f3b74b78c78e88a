// WebSocket frames as RFC 6455 forbids them, and Engine.IO packets that do not belong on a
// WebSocket.
import { forEach } from "../scenario.mjs";
import {
  BINARY,
  CLOSE,
  closePayload,
  CONTINUATION,
  encodeFrame,
  PING,
  PONG,
  TEXT,
} from "../drivers/frames.mjs";

const EVENT = Buffer.from('42["echo","hello"]');
const INVALID_UTF8 = Buffer.concat([
  Buffer.from('42["echo","'),
  Buffer.from([0xff, 0xfe]),
  Buffer.from('"]'),
]);

const FRAMES = {
  unmasked: [{ opcode: TEXT, payload: EVENT, masked: false }],
  "reserved bit 1": [{ opcode: TEXT, payload: EVENT, reserved: 4 }],
  "reserved bit 2": [{ opcode: TEXT, payload: EVENT, reserved: 2 }],
  "reserved bit 3": [{ opcode: TEXT, payload: EVENT, reserved: 1 }],
  "reserved data opcode 3": [{ opcode: 3, payload: EVENT }],
  "reserved control opcode 11": [{ opcode: 11, payload: EVENT }],
  "continuation of nothing": [{ opcode: CONTINUATION, payload: EVENT }],
  "a new text inside a fragmented one": [
    { opcode: TEXT, payload: EVENT.subarray(0, 5), final: false },
    { opcode: TEXT, payload: EVENT },
  ],
  "a binary inside a fragmented text": [
    { opcode: TEXT, payload: EVENT.subarray(0, 5), final: false },
    { opcode: BINARY, payload: EVENT },
  ],
  ping: [{ opcode: PING, payload: Buffer.from("hello") }],
  "ping without payload": [{ opcode: PING }],
  "ping of 125 bytes": [{ opcode: PING, payload: Buffer.alloc(125, "a") }],
  "ping of 126 bytes": [{ opcode: PING, payload: Buffer.alloc(126, "a") }],
  "ping in fragments": [{ opcode: PING, payload: EVENT, final: false }],
  "pong that nobody asked for": [{ opcode: PONG, payload: EVENT }],
  "pong of 126 bytes": [{ opcode: PONG, payload: Buffer.alloc(126, "a") }],
  "close without a code": [{ opcode: CLOSE }],
  "close 1000": [{ opcode: CLOSE, payload: closePayload(1000, "bye") }],
  "close 1001": [{ opcode: CLOSE, payload: closePayload(1001) }],
  "close 4000": [{ opcode: CLOSE, payload: closePayload(4000, "mine") }],
  "close 999": [{ opcode: CLOSE, payload: closePayload(999) }],
  "close 1004": [{ opcode: CLOSE, payload: closePayload(1004) }],
  "close 1005": [{ opcode: CLOSE, payload: closePayload(1005) }],
  "close 1006": [{ opcode: CLOSE, payload: closePayload(1006) }],
  "close 1012": [{ opcode: CLOSE, payload: closePayload(1012) }],
  "close 1014": [{ opcode: CLOSE, payload: closePayload(1014) }],
  "close 1015": [{ opcode: CLOSE, payload: closePayload(1015) }],
  "close 1016": [{ opcode: CLOSE, payload: closePayload(1016) }],
  "close 2999": [{ opcode: CLOSE, payload: closePayload(2999) }],
  "close 5000": [{ opcode: CLOSE, payload: closePayload(5000) }],
  "close of one byte": [{ opcode: CLOSE, payload: Buffer.from([3]) }],
  "close with a reason that is not UTF-8": [
    { opcode: CLOSE, payload: Buffer.from([3, 232, 0xff]) },
  ],
  "an event behind close": [
    { opcode: CLOSE, payload: closePayload(1000) },
    { opcode: TEXT, payload: EVENT },
  ],
  "text of no byte": [{ opcode: TEXT }],
  "binary of no byte": [{ opcode: BINARY }],
  "text that is not UTF-8": [{ opcode: TEXT, payload: INVALID_UTF8 }],
  "text that ends inside a character": [{ opcode: TEXT, payload: Buffer.from([0x34, 0xec, 0x95]) }],
  "text with a surrogate in UTF-8": [
    { opcode: TEXT, payload: Buffer.from([0x34, 0xed, 0xa0, 0x80]) },
  ],
  "a character over two fragments": [
    {
      opcode: TEXT,
      payload: Buffer.concat([Buffer.from('42["echo","'), Buffer.from([0xec, 0x95])]),
      final: false,
    },
    { opcode: CONTINUATION, payload: Buffer.concat([Buffer.from([0x88]), Buffer.from('"]')]) },
  ],
  "three fragments": [
    { opcode: TEXT, payload: EVENT.subarray(0, 3), final: false },
    { opcode: CONTINUATION, payload: EVENT.subarray(3, 9), final: false },
    { opcode: CONTINUATION, payload: EVENT.subarray(9) },
  ],
  "fragments of no byte between": [
    { opcode: TEXT, final: false },
    { opcode: CONTINUATION, payload: EVENT, final: false },
    { opcode: CONTINUATION },
  ],
  "a ping between fragments": [
    { opcode: TEXT, payload: EVENT.subarray(0, 3), final: false },
    { opcode: PING, payload: Buffer.from("between") },
    { opcode: CONTINUATION, payload: EVENT.subarray(3) },
  ],
  "a close between fragments": [
    { opcode: TEXT, payload: EVENT.subarray(0, 3), final: false },
    { opcode: CLOSE, payload: closePayload(1000) },
  ],
  "a length in two bytes that fits one": [{ opcode: TEXT, payload: EVENT, lengthBytes: 3 }],
  "a length in eight bytes that fits one": [{ opcode: TEXT, payload: EVENT, lengthBytes: 9 }],
  "a ping with a length in two bytes": [
    { opcode: PING, payload: Buffer.from("hello"), lengthBytes: 3 },
  ],
  "a declared length of 2^40": [{ opcode: TEXT, payload: EVENT, declaredLength: 2 ** 40 }],
  "a declared length of 2^53": [{ opcode: TEXT, payload: EVENT, declaredLength: 2 ** 53 }],
  "a declared length of 2^63": [
    { opcode: TEXT, payload: EVENT, declaredLength: 2n ** 63n, lengthBytes: 9 },
  ],
  "a declared length of 2^64 - 1": [
    { opcode: BINARY, payload: EVENT, declaredLength: 2n ** 64n - 1n, lengthBytes: 9 },
  ],
  "a declared length of one over the limit": [
    { opcode: TEXT, declaredLength: 65_537, lengthBytes: 9 },
  ],
};

const PACKETS = {
  open: '0{"sid":"mine"}',
  close: "1",
  "close with data": "1now",
  ping: "2",
  "ping probe": "2probe",
  "pong that nobody asked for": "3",
  "pong probe": "3probe",
  "message without a Socket.IO packet": "4",
  upgrade: "5",
  noop: "6",
  "unknown type 7": "7",
  "unknown type x": "x",
  base64: "bAQID",
  "a separator between two packets": '42["echo",1]\x1e42["echo",2]',
};

function textOf(length) {
  return Buffer.from(`42["never","${"a".repeat(length - 14)}"]`);
}

const SIZES = {
  "as much as the limit allows": [{ opcode: TEXT, payload: textOf(65_536) }],
  "one byte over the limit": [{ opcode: TEXT, payload: textOf(65_537) }],
  "twice the limit": [{ opcode: TEXT, payload: textOf(131_072) }],
  "over the limit in two fragments": [
    { opcode: TEXT, payload: textOf(65_537).subarray(0, 40_000), final: false },
    { opcode: CONTINUATION, payload: textOf(65_537).subarray(40_000) },
  ],
  "as much as the limit allows, binary": [{ opcode: BINARY, payload: Buffer.alloc(65_536) }],
};

async function send(it, frames) {
  const client = await it.connected();
  for (const frame of frames) {
    client.frame(`opcode ${frame.opcode}, ${frame.payload?.length ?? 0} bytes`, frame);
  }
  await client.settle();
}

async function sendFragments(it, fragments) {
  const client = await it.connected();
  client.bytes(`${fragments.length} fragments`, Buffer.concat(fragments.map(encodeFrame)));
  await client.settle();
}

/** So many fragments of no byte behind the first, which begins a text. */
function emptyFragments(count) {
  const empty = encodeFrame({ opcode: CONTINUATION, final: false });
  return Buffer.concat([
    encodeFrame({ opcode: TEXT, final: false }),
    Buffer.alloc(count * empty.length, empty),
  ]);
}

function fragmentsOf(payload, count) {
  const size = Math.ceil(payload.length / count);
  return Array.from({ length: count }, (_none, at) => ({
    opcode: at === 0 ? TEXT : CONTINUATION,
    payload: payload.subarray(at * size, (at + 1) * size),
    final: at === count - 1,
  }));
}

export default {
  ...forEach(FRAMES, "frame", send),
  ...forEach(SIZES, "message size", send),

  ...forEach(PACKETS, "websocket packet", async (it, packet) => {
    const client = await it.connected();
    client.text(packet);
    await client.settle();
  }),

  "fragments: a message in 100": (it) =>
    sendFragments(it, fragmentsOf(Buffer.from(`42["echo","${"a".repeat(186)}"]`), 100)),
  "fragments: a message in 10,000": (it) =>
    sendFragments(it, fragmentsOf(Buffer.from(`42["echo","${"a".repeat(9_987)}"]`), 10_000)),
  "fragments: a message in 1,000": (it) =>
    sendFragments(it, fragmentsOf(Buffer.from(`42["echo","${"a".repeat(1_987)}"]`), 1_000)),
  "fragments: a million of no byte": async (it) => {
    const client = await it.connected();
    client.bytes("a million empty fragments", emptyFragments(1_000_000));
    await client.end();
  },

  "fragments: a million of one byte": async (it) => {
    const client = await it.connected();
    const fragment = encodeFrame({ opcode: CONTINUATION, payload: Buffer.from("a"), final: false });
    client.bytes(
      "a million fragments of one byte",
      Buffer.concat([
        encodeFrame({ opcode: TEXT, payload: Buffer.from("4"), final: false }),
        Buffer.alloc(1_000_000 * fragment.length, fragment),
      ]),
    );
    await client.end();
  },

  "frame: byte by byte": async (it) => {
    const client = await it.connected();
    for (const byte of encodeFrame({ opcode: TEXT, payload: EVENT })) {
      client.socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await client.settle();
  },

  "frame: many in one write": async (it) => {
    const client = await it.connected();
    const frames = Array.from({ length: 30 }, (_none, number) =>
      encodeFrame({ opcode: TEXT, payload: Buffer.from(`42["echo",${number}]`) }),
    );
    client.bytes("30 events in one write", Buffer.concat(frames));
    await client.settle();
  },

  "frame: behind the upgrade request in one write": async (it) => {
    const client = await it.webSocket("websocket", undefined, {
      behind: Buffer.concat(
        ["40", '42["echo",1]'].map((text) =>
          encodeFrame({ opcode: TEXT, payload: Buffer.from(text) }),
        ),
      ),
    });
    await client.settle();
  },

  "frame: an unfinished one, then the end of TCP": async (it) => {
    const client = await it.connected();
    client.bytes("half a frame", encodeFrame({ opcode: TEXT, payload: EVENT }).subarray(0, 10));
    client.finish();
    await client.end();
  },

  "websocket: the end of TCP without a close frame": async (it) => {
    const client = await it.connected();
    client.finish();
    await client.end();
  },

  "websocket: HTTP instead of frames": async (it) => {
    const client = await it.connected();
    client.bytes("GET / HTTP/1.1", Buffer.from("GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"));
    await client.settle();
  },
};
