// From long polling to WebSocket: in order, out of order, and under load.
import { forEach } from "../scenario.mjs";
import { BINARY, TEXT } from "../drivers/frames.mjs";

const TICKS = 2_000;

const WRONG_PROBES = {
  "an upgrade without a probe": "5",
  "ping with another word": "2hello",
  "ping without a word": "2",
  pong: "3probe",
  "a message": '42["echo","early"]',
  close: "1",
  noop: "6",
  open: "0",
  "unknown type": "9",
  nothing: "",
};

const AFTER_PROBE = {
  "ping probe again": "2probe",
  "a message": '42["echo","early"]',
  noop: "6",
  close: "1",
  pong: "3",
  "unknown type": "9",
};

/** The ticks of a burst as one line: how many, and whether each came once and in its turn. */
function summary(texts) {
  const numbers = texts
    .filter((text) => text.startsWith('42["tick",'))
    .map((text) => Number(text.slice(10, -1)));
  const inOrder = numbers.every((number, at) => number === at);
  return `${numbers.length} ticks, ${inOrder ? "each once and in order" : "out of order"}`;
}

async function take(client, texts, enough) {
  while (!enough() && !client.over) {
    const event = await client.next();
    texts.push(event.text ?? event.kind);
  }
}

export default {
  "upgrade: probe, then upgrade": async (it) => {
    const polling = await it.pollingConnected();
    const poll = polling.startPoll();
    await it.arrived();
    const client = await it.upgrading(polling);
    client.text("2probe");
    await client.expect();
    await polling.finish(poll);
    client.text("5");
    client.text('42["echo","upgraded"]');
    await client.expect();
    await client.settle();
  },

  "upgrade: no poll waits": async (it) => {
    const polling = await it.pollingConnected();
    const client = await it.upgrading(polling);
    client.text("2probe");
    await client.expect();
    client.text("5");
    client.text('42["echo","upgraded"]');
    await client.expect();
    await client.settle();
  },

  "upgrade: before CONNECT": async (it) => {
    const polling = await it.polling();
    const client = await it.upgrading(polling);
    client.text("2probe");
    await client.expect();
    client.text("5");
    client.text("40");
    await client.expect();
    await client.settle();
  },

  ...forEach(WRONG_PROBES, "upgrade: the first packet is", async (it, packet) => {
    const polling = await it.pollingConnected();
    const client = await it.upgrading(polling);
    client.text(packet);
    await client.during(600);
    if (!client.over && packet === "5") {
      await client.settle();
    } else {
      await polling.post('42["echo","still polling"]');
      await polling.settle();
    }
  }),

  ...forEach(AFTER_PROBE, "upgrade: after the probe comes", async (it, packet) => {
    const polling = await it.pollingConnected();
    const client = await it.upgrading(polling);
    client.text("2probe");
    await client.expect();
    client.text(packet);
    await client.during(600);
    await polling.post('42["echo","still polling"]');
    await polling.settle();
  }),

  "upgrade: a binary frame as probe": async (it) => {
    const polling = await it.pollingConnected();
    const client = await it.upgrading(polling);
    client.binary(Buffer.from("2probe"));
    await client.during(600);
    await polling.post('42["echo","still polling"]');
    await polling.settle();
  },

  "upgrade: the probe's connection is cut": async (it) => {
    const polling = await it.pollingConnected();
    const client = await it.upgrading(polling);
    client.text("2probe");
    await client.expect();
    client.drop();
    await it.arrived();
    await polling.post('42["echo","still polling"]');
    await polling.settle();
  },

  "upgrade: a second probe while the first is under way": async (it) => {
    const polling = await it.pollingConnected();
    const first = await it.upgrading(polling, "first");
    first.text("2probe");
    await first.expect();
    const second = await it.upgrading(polling, "second");
    second.text("2probe");
    await second.during(600);
    first.text("5");
    first.text('42["echo","upgraded"]');
    await first.expect();
  },

  "upgrade: a second connection that says nothing yet": async (it) => {
    const polling = await it.pollingConnected();
    await it.upgrading(polling, "first");
    await it.arrived();
    const second = await it.upgrading(polling, "second");
    second.text("2probe");
    await second.during(600);
  },

  "upgrade: twice": async (it) => {
    const polling = await it.pollingConnected();
    const first = await it.upgrading(polling, "first");
    first.text("2probe");
    first.text("5");
    first.text('42["echo","upgraded"]');
    await first.expect(2);
    const second = await it.upgrading(polling, "second");
    if (!second.over) {
      second.text("2probe");
      await second.during(600);
    }
    await first.settle();
  },

  "upgrade: of a session that began as a WebSocket": async (it) => {
    const first = await it.webSocket("first");
    const { text } = await first.next();
    const second = await it.upgrading({ sid: JSON.parse(text.slice(1)).sid }, "second");
    if (!second.over) {
      second.text("2probe");
      await second.during(600);
    }
    first.text("40");
    await first.settle();
  },

  "upgrade: with another EIO": async (it) => {
    const polling = await it.pollingConnected();
    await it
      .webSocket("upgrade", `/socket.io/?EIO=3&transport=websocket&sid=${polling.sid}`)
      .catch(() => {});
    await polling.post('42["echo","still polling"]');
    await polling.settle();
  },

  "upgrade: with the transport polling": async (it) => {
    const polling = await it.pollingConnected();
    await polling.post('42["echo","waits"]');
    const client = await it.webSocket(
      "upgrade",
      `/socket.io/?EIO=4&transport=polling&sid=${polling.sid}`,
    );
    if (!client.over) {
      await client.during(600);
    }
    await polling.settle();
  },

  "upgrade: GET over websocket without an upgrade for a polling session": async (it) => {
    const polling = await it.pollingConnected();
    const { status, headers, body } = await it.startHttp(
      "GET",
      `/socket.io/?EIO=4&transport=websocket&sid=${polling.sid}`,
    ).answered;
    polling.lane.write(`${status}; ${headers}; ${body}`);
    await polling.post('42["echo","still polling"]');
    await polling.settle();
  },

  "upgrade: GET with another EIO in a polling session": async (it) => {
    const polling = await it.pollingConnected();
    await polling.post('42["echo","waits"]');
    const { status, headers, body } = await it.startHttp(
      "GET",
      `/socket.io/?EIO=3&transport=polling&sid=${polling.sid}`,
    ).answered;
    polling.lane.write(`${status}; ${headers}; ${body}`);
    await polling.settle();
  },

  "upgrade: a POST between probe and upgrade": async (it) => {
    const polling = await it.pollingConnected();
    const client = await it.upgrading(polling);
    client.text("2probe");
    await client.expect();
    await polling.post('42["echo","by POST"]');
    client.text("5");
    await client.settle();
  },

  "upgrade: a POST that began before the upgrade and ends after it": async (it) => {
    const polling = await it.pollingConnected();
    const client = await it.upgrading(polling);
    const packet = '42["echo","late"]';
    const post = await it.slowPost(polling.path, packet.length, packet.slice(0, 4), "slow POST");
    await it.arrived();
    client.text("2probe");
    client.text("5");
    client.text('42["echo","upgraded"]');
    await client.expect(2);
    post.bytes("the rest", Buffer.from(packet.slice(4)));
    await post.closed();
    await client.settle();
  },

  "upgrade: a poll after it": async (it) => {
    const polling = await it.pollingConnected();
    const client = await it.upgrading(polling);
    client.text("2probe");
    client.text("5");
    client.text('42["echo","upgraded"]');
    await client.expect(2);
    const { status, body } = await polling.startPoll().answered;
    polling.lane.write(`${status}; ${body}`);
    await client.settle();
  },

  "upgrade: a POST after it": async (it) => {
    const polling = await it.pollingConnected();
    const client = await it.upgrading(polling);
    client.text("2probe");
    client.text("5");
    client.text('42["echo","upgraded"]');
    await client.expect(2);
    await polling.post('42["echo","by POST"]');
    await client.settle();
  },

  "upgrade: a poll that still waits when it happens": async (it) => {
    const polling = await it.pollingConnected();
    const client = await it.upgrading(polling);
    client.text("2probe");
    await client.expect();
    // The noop of the probe has released what waited; this one comes after it.
    await it.arrived();
    const poll = polling.startPoll();
    client.text("5");
    client.text('42["echo","upgraded"]');
    await client.expect();
    const { status, body } = await poll.answered;
    polling.lane.write(`${status}; ${body}`);
  },

  "upgrade: the session's WebSocket closes after it": async (it) => {
    const polling = await it.pollingConnected();
    const client = await it.upgrading(polling);
    client.text("2probe");
    client.text("5");
    client.text('42["echo","upgraded"]');
    await client.expect(2);
    client.drop();
    await it.arrived();
    const { status, body } = await polling.startPoll().answered;
    polling.lane.write(`${status}; ${body}`);
  },

  "upgrade: during a burst, nothing lost, repeated or reordered": async (it) => {
    const polling = await it.pollingConnected();
    const texts = [];
    polling.lane.write(`> burst ${TICKS}`);
    await it.startHttp("POST", polling.path, { body: `42["burst",${TICKS}]` }).answered;
    const { body } = await polling.startPoll().answered;
    texts.push(...body.split("\x1e"));
    const client = await it.upgrading(polling);
    client.quiet("2probe");
    await take(client, [], () => true);
    client.quiet("5");
    client.quiet('42["echo","upgraded"]');
    await take(client, texts, () => texts.includes('42["echo","upgraded"]'));
    polling.lane.write(summary(texts));
  },

  "upgrade: a burst between probe and upgrade": async (it) => {
    const polling = await it.pollingConnected();
    const client = await it.upgrading(polling);
    client.quiet("2probe");
    await client.next();
    await it.startHttp("POST", polling.path, { body: `42["burst",${TICKS}]` }).answered;
    client.quiet("5");
    client.quiet('42["echo","upgraded"]');
    const texts = [];
    await take(client, texts, () => texts.includes('42["echo","upgraded"]'));
    client.lane.write(summary(texts));
  },

  "upgrade: events behind the upgrade packet in one write": async (it) => {
    const polling = await it.pollingConnected();
    const client = await it.upgrading(polling);
    client.text("2probe");
    client.text("5");
    for (let number = 0; number < 5; number += 1) {
      client.text(`42["echo",${number}]`);
    }
    await client.settle();
  },

  "upgrade: an event half by POST before, half by WebSocket after": async (it) => {
    const polling = await it.pollingConnected();
    const client = await it.upgrading(polling);
    client.text("2probe");
    await client.expect();
    await polling.post('451-["binary",{"_placeholder":true,"num":0}]');
    client.text("5");
    client.frame("binary 01 02", { opcode: BINARY, payload: Buffer.from([1, 2]) });
    await client.expect(2);
    client.frame("text 42[echo]", { opcode: TEXT, payload: Buffer.from('42["echo"]') });
    await client.settle();
  },
};
