// Events and acknowledgements: the packet grammar of Socket.IO protocol 5.
import { forEach } from "../scenario.mjs";

const EVENTS = {
  "no argument": '42["echo"]',
  "one argument": '42["echo",1]',
  "two arguments": '42["echo",1,"two"]',
  "three arguments": '42["echo",1,"two",[3]]',
  "four arguments": '42["echo",1,"two",[3],{"four":4}]',
  "five arguments": '42["echo",1,"two",[3],{"four":4},null]',
  "booleans and null": '42["echo",true,false,null]',
  "an empty text": '42["echo",""]',
  "an event nobody handles": '42["unheard","x"]',
  "an event nobody handles, with an ack": '425["unheard","x"]',
  "a name that is a number": '42[7,"x"]',
  "a name that is empty": '42["","x"]',
  "a name that is null": '42[null,"x"]',
  "a name that is an array": '42[["echo"],"x"]',
  "a name that is an object": '42[{"name":"echo"},"x"]',
  "a name that is true": '42[true,"x"]',
  "the name connect": '42["connect"]',
  "the name connect_error": '42["connect_error"]',
  "the name disconnect": '42["disconnect"]',
  "the name disconnecting": '42["disconnecting"]',
  "the name newListener": '42["newListener"]',
  "the name removeListener": '42["removeListener"]',
  "the name error": '42["error","x"]',
  "the name message": '42["message","x"]',
  "the name toString": '42["toString","x"]',
  "the name __proto__": '42["__proto__","x"]',
  "the name echo with an escape": '42["\\u0065cho","escaped"]',
  "the name of another case": '42["Echo","x"]',
  "an empty array": "42[]",
  "no payload": "42",
  "an object as payload": '42{"echo":1}',
  "a text as payload": '42"echo"',
  "a number as payload": "42 1",
  "null as payload": "42null",
  "true as payload": "42true",
  "half an array": '42["echo"',
  "a trailing bracket": '42["echo"]]',
  "trailing text": '42["echo"]hello',
  "trailing spaces": '42["echo","x"]   ',
  "a second array": '42["echo"]["echo"]',
  "spaces before": '42  ["echo","x"]',
  "spaces inside": '42[ "echo" ,  "x" ]',
  "a trailing comma": '42["echo",]',
  "single quotes": "42['echo']",
  "a comment": '42["echo"/*x*/]',
  "the namespace / by name": '42/,["echo","x"]',
  "the namespace / by name, no comma": '42/["echo","x"]',
  "the namespace with a query": '42/?a=b,["echo","x"]',
  "unknown packet type 7": '47["echo"]',
  "unknown packet type x": '4x["echo"]',
  "a space as packet type": '4 ["echo"]',
  "a minus as packet type": '4-2["echo"]',
};

const IDS = {
  0: '420["echo","x"]',
  12: '4212["echo","x"]',
  "leading zeros": '42007["echo","x"]',
  "the largest safe integer": '429007199254740991["echo","x"]',
  "one over the largest safe integer": '429007199254740992["echo","x"]',
  "two over the largest safe integer": '429007199254740993["echo","x"]',
  "2^64": '4218446744073709551616["echo","x"]',
  "thirty digits": `42${"9".repeat(30)}["echo","x"]`,
  "four hundred digits": `42${"9".repeat(400)}["echo","x"]`,
  negative: '42-1["echo","x"]',
  plus: '42+1["echo","x"]',
  "a fraction": '421.5["echo","x"]',
  "an exponent": '421e3["echo","x"]',
  hexadecimal: '420x10["echo","x"]',
  "a space inside": '421 2["echo","x"]',
  "a space before": '42 12["echo","x"]',
  "Arabic digits": '42٣["echo","x"]',
  "without a payload": "4212",
};

const ACKS = {
  "that nobody waits for": '430["x"]',
  "with an unknown id": '43999["x"]',
  "without an id": '43["x"]',
  "without a payload": "430",
  "with an object": '430{"x":1}',
  "with a text": '430"x"',
  "with an empty array": "430[]",
  "with a huge id": '4399999999999999999999["x"]',
  "with a negative id": '43-1["x"]',
};

/** Sends `ask` and answers the server's question with these packets. */
async function ask(it, packets) {
  const client = await it.connected();
  client.text('42["ask"]');
  const { text } = await client.next();
  client.lane.write(`< ${text.replace(/^42\d+/, "42<id>")}`);
  const id = Number(/^42(\d+)/.exec(text)?.[1]);
  for (const packet of packets) {
    client.textWithId(packet, id);
  }
  return client;
}

const ANSWERS = {
  "with one value": ['43<id>["yes"]'],
  "with no value": ["43<id>[]"],
  "with three values": ['43<id>[1,{"a":2},null]'],
  twice: ['43<id>["first"]', '43<id>["second"]'],
  "with leading zeros": ['4300<id>["yes"]'],
  "with another id first": ['431000<id>["no"]', '43<id>["yes"]'],
  "with something that is no array": ['43<id>{"a":1}'],
};

export default {
  ...forEach(EVENTS, "event", async (it, packet) => {
    const client = await it.connected();
    client.text(packet);
    await client.settle();
  }),

  ...forEach(IDS, "ack id", async (it, packet) => {
    const client = await it.connected();
    client.text(packet);
    await client.settle();
  }),

  ...forEach(ACKS, "ack from the client", async (it, packet) => {
    const client = await it.connected();
    client.text(packet);
    await client.settle();
  }),

  ...forEach(ANSWERS, "the server asks, the client answers", async (it, packets) => {
    const client = await ask(it, packets);
    await client.expect();
    await client.settle();
  }),

  "the server asks, the client never answers": async (it) => {
    const client = await ask(it, []);
    await client.expect();
    await client.settle();
  },

  "the server asks, the client answers too late": async (it) => {
    const client = await ask(it, []);
    await client.expect();
    client.text('430["late"]');
    await client.settle();
  },

  "the server asks, the client answers in another namespace": async (it) => {
    const client = await it.connected("websocket", ["/", "/chat"]);
    client.text('42["ask"]');
    const { text } = await client.next();
    const id = /^42(\d+)/.exec(text)?.[1];
    client.textWithId('43/chat,<id>["yes"]', id);
    await client.expect();
    await client.settle();
  },

  "the server asks, the client answers with binary": async (it) => {
    const client = await ask(it, ['461-<id>[{"_placeholder":true,"num":0}]']);
    client.binary(Buffer.from([1, 2, 3]));
    await client.expect(2);
    await client.settle();
  },

  "the server asks, the client disconnects": async (it) => {
    const client = await ask(it, []);
    client.text("41");
    await client.during(2_000);
    await client.settle();
  },

  "ack: the server answers once, even when it tries twice": async (it) => {
    const client = await it.connected();
    client.text('423["twice"]');
    await client.settle();
  },

  "ack: never": async (it) => {
    const client = await it.connected();
    client.text('423["never"]');
    await client.settle();
  },

  "ack: the same id twice": async (it) => {
    const client = await it.connected();
    client.text('423["echo","one"]');
    client.text('423["echo","two"]');
    await client.settle();
  },

  "ack: in /chat": async (it) => {
    const client = await it.connected("websocket", ["/chat"]);
    client.text('42/chat,3["echo","one",2]');
    await client.settle();
  },

  "ack: of no argument": async (it) => {
    const client = await it.connected();
    client.text('423["echo"]');
    await client.settle();
  },

  "burst: 500 events, in order": async (it) => {
    const client = await it.connected();
    client.text('42["burst",500]');
    const numbers = [];
    while (numbers.length < 500) {
      const { text } = await client.next();
      numbers.push(Number(text.slice(10, -1)));
    }
    client.lane.write(
      `${numbers.length} ticks, in order: ${numbers.every((number, at) => number === at)}`,
    );
    await client.settle();
  },
};
