// Binary events: the parts, and the places they are put into.
import { forEach } from "../scenario.mjs";

const PLACE = '{"_placeholder":true,"num":0}';
const A = Buffer.from([1, 2, 3]);
const B = Buffer.from([4]);

const EVENTS = {
  "one part": [`451-["binary",${PLACE}]`, A],
  "one part, with an ack": [`451-7["binary",${PLACE}]`, A],
  "two parts": [`452-["binary",${PLACE},{"_placeholder":true,"num":1}]`, A, B],
  "two parts the other way round": [`452-["binary",{"_placeholder":true,"num":1},${PLACE}]`, A, B],
  "a part inside an object": [`451-["binary",{"file":{"bytes":${PLACE}},"name":"x"}]`, A],
  "a part inside an array": [`451-["binary",[1,[${PLACE}]]]`, A],
  "a part in /chat": [`451-/chat,["binary",${PLACE}]`, A],
  "a part of 0 bytes": [`451-["binary",${PLACE}]`, Buffer.alloc(0)],
  "a part of 60,000 bytes": [`451-["binary",${PLACE}]`, Buffer.alloc(60_000, 1)],
  "ten parts": [`4510-["binary",${PLACE}]`, ...Array.from({ length: 10 }, () => B)],
  "eleven parts": [`4511-["binary",${PLACE}]`, ...Array.from({ length: 11 }, () => B)],
  "an event nobody handles": [`451-["unheard",${PLACE}]`, A],
  "a part nobody announced": [A],
  "a text between parts": [
    `452-["binary",${PLACE},{"_placeholder":true,"num":1}]`,
    A,
    '42["echo","between"]',
    B,
  ],
  "a text instead of a part": [`451-["binary",${PLACE}]`, '42["echo","instead"]'],
  "CONNECT instead of a part": [`451-["binary",${PLACE}]`, "40/chat,"],
  "DISCONNECT instead of a part": [`451-["binary",${PLACE}]`, "41"],
  "another binary event instead of a part": [
    `451-["binary",${PLACE}]`,
    `451-["binary",${PLACE}]`,
    A,
    B,
  ],
  "a pong between": [`451-["binary",${PLACE}]`, "3", A],
  "num out of range": ['451-["binary",{"_placeholder":true,"num":1}]', A],
  "num far out of range": ['451-["binary",{"_placeholder":true,"num":1000000000}]', A],
  "num negative": ['451-["binary",{"_placeholder":true,"num":-1}]', A],
  "num a text": ['451-["binary",{"_placeholder":true,"num":"0"}]', A],
  "num a fraction": ['451-["binary",{"_placeholder":true,"num":0.5}]', A],
  "num null": ['451-["binary",{"_placeholder":true,"num":null}]', A],
  "num missing": ['451-["binary",{"_placeholder":true}]', A],
  "num length": ['451-["binary",{"_placeholder":true,"num":"length"}]', A],
  "num 0.0": ['451-["binary",{"_placeholder":true,"num":0.0}]', A],
  "num 1e0 of two": ['452-["binary",{"_placeholder":true,"num":1e0}]', A, B],
  "num minus zero": ['451-["binary",{"_placeholder":true,"num":-0}]', A],
  "one part in two places": [`451-["binary",${PLACE},${PLACE}]`, A],
  "a part without a place": ['451-["binary","no place"]', A],
  "two parts, one place": [`452-["binary",${PLACE}]`, A, B],
  "a place that is not true": ['451-["binary",{"_placeholder":false,"num":0}]', A],
  "a place that is 1": ['451-["binary",{"_placeholder":1,"num":0}]', A],
  "a place with more keys": ['451-["binary",{"_placeholder":true,"num":0,"more":1}]', A],
  "a place with keys in another order": ['451-["binary",{"num":0,"_placeholder":true}]', A],
  "a place with an escape": ['451-["binary",{"\\u005fplaceholder":true,"num":0}]', A],
  "a place in an ordinary event": [`42["echo",${PLACE}]`],
  "a place as the name": [`451-[${PLACE},"x"]`, A],
  "a place as the whole payload": [`451-${PLACE}`, A],
  "a place inside a place": [`451-["binary",{"_placeholder":true,"num":0,"inner":${PLACE}}]`, A],
  "0 parts": ['450-["binary"]'],
  "0 parts, then an event": ['450-["binary"]', '42["echo","behind"]'],
  "a negative number of parts": ['45-1-["binary"]'],
  "999999999 parts": ['45999999999-["binary"]'],
  "no number of parts": [`45-["binary",${PLACE}]`],
  "no dash": [`451["binary",${PLACE}]`, A],
  "only the number": ["451"],
  "only the number and a dash": ["451-", A],
  "leading zeros": [`4501-["binary",${PLACE}]`, A],
  "a fraction of parts": [`451.5-["binary",${PLACE}]`, A],
  "an exponent of parts": [`451e0-["binary",${PLACE}]`, A],
  "a space before the number": [`45 1-["binary",${PLACE}]`, A],
  "hexadecimal parts": [`450x1-["binary",${PLACE}]`, A],
  "half a payload": ['451-["binary"', A],
  "a reserved name": [`451-["disconnect",${PLACE}]`, A],
  "a binary ack nobody waits for": [`461-0[${PLACE}]`, A],
  "a binary ack with an object": [`461-0{"a":1}`, A],
};

async function send(client, packets) {
  for (const packet of packets) {
    typeof packet === "string" ? client.text(packet) : client.binary(packet);
  }
}

export default {
  ...forEach(EVENTS, "binary", async (it, packets) => {
    const client = await it.connected(
      "websocket",
      packets[0].includes?.("/chat") ? ["/chat"] : ["/"],
    );
    await send(client, packets);
    await client.settle();
  }),

  "binary: an extra part": async (it) => {
    const client = await it.connected();
    await send(client, [`451-["binary",${PLACE}]`, A]);
    await client.expect(2);
    client.binary(B);
    await client.settle();
  },

  "binary: a part that never comes": async (it) => {
    const client = await it.connected();
    client.text(`451-["binary",${PLACE}]`);
    await client.during(500);
  },

  "binary: a part that never comes, then the end": async (it) => {
    const client = await it.connected();
    client.text(`451-["binary",${PLACE}]`);
    client.finish();
    await client.end();
  },

  "binary: a part that comes later": async (it) => {
    const client = await it.connected();
    client.text(`451-["binary",${PLACE}]`);
    await it.silence(300);
    client.binary(A);
    await client.expect(2);
    await client.settle();
  },

  "binary: parts over polling in several POSTs": async (it) => {
    const client = await it.pollingConnected();
    await client.post(`452-["binary",${PLACE},{"_placeholder":true,"num":1}]`);
    await client.post("bAQID");
    await client.post("bBA==");
    await client.settle();
  },

  "binary: a text between parts over polling": async (it) => {
    const client = await it.pollingConnected();
    await client.post(`451-["binary",${PLACE}]`, '42["echo","between"]', "bAQID");
    await client.settle();
  },

  "binary: all parts together over the limit, each within": async (it) => {
    const client = await it.connected();
    client.text(`453-["never",${PLACE}]`);
    for (let part = 0; part < 3; part += 1) {
      client.binary(Buffer.alloc(60_000, 1));
    }
    await client.settle();
  },
};
