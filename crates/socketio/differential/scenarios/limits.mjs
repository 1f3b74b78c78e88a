// More than a client usually asks for: our engine has limits where the reference has none.
import { encodeFrame, TEXT } from "../drivers/frames.mjs";

const MANY_PACKETS = 3_000;
const MANY = 70;

/** Sends these packets in one write. */
function flood(client, what, packets) {
  const frames = packets.map((packet) =>
    encodeFrame({ opcode: TEXT, payload: Buffer.from(packet) }),
  );
  client.bytes(what, Buffer.concat(frames));
}

/** Takes so many events, and writes how many there were of each. */
async function count(client, enough) {
  const counts = {};
  for (let taken = 0; taken < enough; taken += 1) {
    const { text = "the end" } = await client.next();
    const name = /"(\w+)"/.exec(text)?.[1] ?? text;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  client.lane.write(JSON.stringify(counts));
}

export default {
  "limits: 3,000 events in one write": async (it) => {
    const client = await it.connected();
    flood(client, `${MANY_PACKETS} events`, Array(MANY_PACKETS).fill('42["never"]'));
    await client.settle();
  },

  "limits: 70 rooms": async (it) => {
    const client = await it.connected();
    const rooms = Array.from({ length: MANY }, (_none, number) => `${it.room}-${number}`);
    flood(
      client,
      `${MANY} joins`,
      rooms.map((room) => `42["join","${room}"]`),
    );
    flood(client, "an echo", ['42["echo","behind"]']);
    const heard = [];
    while (!heard.at(-1)?.includes("echo")) {
      heard.push((await client.next()).text);
    }
    client.lane.write(`${heard.filter((text) => text.includes("joined")).length} rooms joined`);
  },

  "limits: 70 questions that the client never answers": async (it) => {
    const client = await it.connected();
    flood(client, `${MANY} asks`, Array(MANY).fill('42["ask"]'));
    await count(client, MANY);
  },

  "limits: 3,000 packets in one polling body": async (it) => {
    const client = await it.pollingConnected();
    await client.post(...Array(MANY_PACKETS).fill('42["never"]'));
    await client.settle();
  },

  "limits: 5,000 events for a client that polls": async (it) => {
    const client = await it.pollingConnected();
    await client.post('42["burst",5000]');
    const { body } = await client.startPoll().answered;
    client.lane.write(`${body.split("\x1e").length} packets in one answer`);
  },
};
