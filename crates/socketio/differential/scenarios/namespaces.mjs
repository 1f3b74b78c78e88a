// CONNECT and DISCONNECT.
import { forEach } from "../scenario.mjs";

const CONNECTS = {
  "to /": "40",
  "to / by name": "40/,",
  "to / by name without a comma": "40/",
  "to / with auth": '40{"token":"mine"}',
  "to / with empty auth": "40{}",
  "to /chat": "40/chat,",
  "to /chat without a comma": "40/chat",
  "to /chat with auth": '40/chat,{"token":"mine"}',
  "to /auth with the secret": '40/auth,{"token":"secret"}',
  "to /auth with another token": '40/auth,{"token":"guess"}',
  "to /auth with a number as token": '40/auth,{"token":7}',
  "to /auth without auth": "40/auth,",
  "to /slow": "40/slow,",
  "to an unknown namespace": "40/nowhere,",
  "to an unknown namespace with auth": '40/nowhere,{"token":"secret"}',
  "to a namespace with a query": "40/chat?token=secret,",
  "to a namespace in another case": "40/Chat,",
  "to a namespace with a space": "40/ch at,",
  "to a namespace named like a property": "40/__proto__,",
  "to a namespace of Korean": "40/채팅,",
  "to a namespace with quotes": '40/a"b\\c,',
  "to a namespace without a slash": "40chat,",
  "to a very long namespace": `40/${"a".repeat(5_000)},`,
  "with an id": "400",
  "with an id and auth": '4012{"token":"mine"}',
  "with auth that is an array": "40[1]",
  "with auth that is a text": '40"hello"',
  "with auth that is a number": "40{}7",
  "with auth that is null": "40null",
  "with auth that is broken": '40{"token":',
  "with auth that has a key twice": '40{"token":"a","token":"b"}',
  "with auth that has __proto__": '40{"__proto__":{"token":"secret"}}',
  "with /auth and __proto__": '40/auth,{"__proto__":{"token":"secret"}}',
};

const BEFORE_CONNECT = {
  event: '42["echo","early"]',
  ack: '430["early"]',
  DISCONNECT: "41",
  CONNECT_ERROR: '44{"message":"no"}',
  "binary event": '451-["echo",{"_placeholder":true,"num":0}]',
  "event to /chat": '42/chat,["echo","early"]',
};

const AFTER_CONNECT = {
  "CONNECT again": "40",
  CONNECT_ERROR: '44{"message":"no"}',
  "CONNECT_ERROR with a text": '44"no"',
  DISCONNECT: "41",
  "DISCONNECT with a payload": '41{"reason":"tired"}',
  "DISCONNECT with null": "41null",
  "DISCONNECT with an id": "417",
  "DISCONNECT of /chat, which is not connected": "41/chat,",
  "an event for /chat, which is not connected": '42/chat,["echo","x"]',
  "an ack for /chat, which is not connected": '43/chat,0["x"]',
  "an event for an unknown namespace": '42/nowhere,["echo","x"]',
  "CONNECT to /chat": "40/chat,",
};

export default {
  ...forEach(CONNECTS, "CONNECT", async (it, packet) => {
    const client = await it.session();
    client.text(packet);
    await client.expect();
    await client.settle();
  }),

  ...forEach(BEFORE_CONNECT, "before CONNECT", async (it, packet) => {
    const client = await it.session();
    client.text(packet);
    if (packet.startsWith("45")) {
      client.binary(Buffer.from([1]));
    }
    await client.settle();
  }),

  ...forEach(AFTER_CONNECT, "after CONNECT", async (it, packet) => {
    const client = await it.connected();
    client.text(packet);
    await client.settle();
  }),

  "CONNECT: event in the same write": async (it) => {
    const client = await it.session();
    client.bytesOfTexts(["40", '42["echo","early"]']);
    await client.settle();
  },

  "CONNECT: twice in the same write": async (it) => {
    const client = await it.session();
    client.bytesOfTexts(["40", "40"]);
    await client.settle();
  },

  "CONNECT: an event while /slow considers": async (it) => {
    const client = await it.session();
    client.text("40/slow,");
    client.text('42/slow,["echo","early"]');
    await client.settle();
  },

  "CONNECT: again while /slow considers": async (it) => {
    const client = await it.session();
    client.text("40/slow,");
    client.text("40/slow,");
    await client.during(1_000);
    await client.settle();
  },

  "CONNECT: DISCONNECT while /slow considers": async (it) => {
    const client = await it.session();
    client.text("40/slow,");
    client.text("41/slow,");
    await client.during(1_000);
    await client.settle();
  },

  "CONNECT: / works while /slow considers": async (it) => {
    const client = await it.session();
    client.text("40/slow,");
    client.text("40");
    await client.expect();
    client.text('42["echo","meanwhile"]');
    await client.expect();
    await client.expect();
    await client.settle();
  },

  "CONNECT: gone while /slow considers": async (it) => {
    const client = await it.session("gone");
    client.text("40/slow,");
    client.finish();
    await client.end();
    const other = await it.connected("other");
    await other.during(700);
    await other.settle();
  },

  "namespaces: several on one connection": async (it) => {
    const client = await it.session();
    client.text("40");
    await client.expect();
    client.text("40/chat,");
    await client.expect();
    client.text('40/auth,{"token":"secret"}');
    await client.expect();
    client.text('42["echo","in /"]');
    client.text('42/chat,7["echo","in /chat"]');
    client.text('42/auth,["auth?"]');
    await client.settle();
  },

  "namespaces: /auth sees its own auth, / another": async (it) => {
    const client = await it.session();
    client.text('40{"who":"one"}');
    await client.expect();
    client.text('40/chat,{"who":"two"}');
    await client.expect();
    client.text('42["auth?"]');
    client.text('42/chat,["auth?"]');
    await client.settle();
  },

  "namespaces: auth of a CONNECT without any": async (it) => {
    const client = await it.connected();
    client.text('42["auth?"]');
    await client.settle();
  },

  "namespaces: refused, then accepted": async (it) => {
    const client = await it.session();
    client.text('40/auth,{"token":"guess"}');
    await client.expect();
    client.text('40/auth,{"token":"secret"}');
    await client.expect();
    client.text('42/auth,["auth?"]');
    await client.settle();
  },

  "namespaces: a refused one is not connected": async (it) => {
    const client = await it.session();
    client.text('40/auth,{"token":"guess"}');
    await client.expect();
    client.text('42/auth,["echo","x"]');
    await client.settle();
  },

  "namespaces: DISCONNECT of one leaves the other": async (it) => {
    const client = await it.connected("websocket", ["/", "/chat"]);
    client.text("41");
    client.text('42/chat,["echo","still here"]');
    await client.settle();
  },

  "namespaces: DISCONNECT, then an event": async (it) => {
    const client = await it.connected();
    client.text("41");
    await it.arrived();
    client.text('42["echo","x"]');
    await client.settle();
  },

  "namespaces: DISCONNECT and an event in one write": async (it) => {
    const client = await it.connected();
    client.bytesOfTexts(["41", '42["echo","x"]']);
    await client.settle();
  },

  "namespaces: an event and DISCONNECT in one write": async (it) => {
    const client = await it.connected();
    client.bytesOfTexts(['42["echo","x"]', "41"]);
    await client.settle();
  },

  "namespaces: DISCONNECT, then CONNECT": async (it) => {
    const client = await it.connected();
    client.text("41");
    await it.arrived();
    client.text("40");
    await client.expect();
    client.text('42["echo","back"]');
    await client.settle();
  },

  "namespaces: DISCONNECT twice": async (it) => {
    const client = await it.connected();
    client.text("41");
    await it.arrived();
    client.text("41");
    await client.settle();
  },

  "namespaces: kick": async (it) => {
    const client = await it.connected("websocket", ["/", "/chat"]);
    client.text('42["kick"]');
    await client.settle();
    client.text('42/chat,["echo","still here"]');
    await client.settle();
  },

  "namespaces: kick, then an event": async (it) => {
    const client = await it.connected();
    client.text('42["kick"]');
    await client.expect();
    client.text('42["echo","x"]');
    await client.settle();
  },

  "namespaces: kickall": async (it) => {
    const client = await it.connected("websocket", ["/", "/chat"]);
    client.text('42["kickall"]');
    await client.settle();
  },

  "namespaces: kickall over polling": async (it) => {
    const client = await it.pollingConnected();
    await client.post('42["kickall"]');
    await client.poll();
    await client.settle();
  },

  "namespaces: kickall over polling, a poll waits": async (it) => {
    const client = await it.pollingConnected();
    const poll = client.startPoll();
    await it.arrived();
    await client.post('42["kickall"]');
    await client.finish(poll);
    await client.settle();
  },

  "namespaces: kick over polling": async (it) => {
    const client = await it.pollingConnected();
    await client.post('42["kick"]');
    await client.settle();
  },
};
