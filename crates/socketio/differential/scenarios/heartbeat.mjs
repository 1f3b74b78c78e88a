// Heartbeats, on a server that pings every 300 ms and waits 1,000 ms. Nothing here but time can
// tell.
export const variant = "heartbeat";

const BEATS = 3;

/** Answers this many pings of a WebSocket. */
async function beat(client, count) {
  for (let number = 0; number < count; number += 1) {
    await client.expect();
    client.text("3");
  }
}

export default {
  "heartbeat: pings over WebSocket, answered": async (it) => {
    const client = await it.connected();
    await beat(client, BEATS);
    await client.settle();
  },

  "heartbeat: over WebSocket, never answered": async (it) => {
    const client = await it.connected();
    await client.end();
  },

  "heartbeat: over WebSocket before CONNECT, never answered": async (it) => {
    const client = await it.session();
    await client.end();
  },

  "heartbeat: pings over polling, answered": async (it) => {
    const client = await it.pollingConnected();
    for (let number = 0; number < BEATS; number += 1) {
      await client.poll();
      await client.post("3");
    }
    await client.settle();
  },

  "heartbeat: over polling, never answered, a poll waits": async (it) => {
    const client = await it.pollingConnected();
    await client.poll();
    await client.poll();
    await client.settle();
  },

  "heartbeat: over polling, nobody polls": async (it) => {
    const client = await it.pollingConnected();
    await it.silence(1_800);
    await client.settle();
  },

  "heartbeat: events are no answer, but one prolongs the wait": async (it) => {
    const client = await it.connected();
    await client.expect();
    await it.silence(650);
    client.text('42["echo","still here"]');
    await client.expect();
    await it.silence(650);
    client.text('42["echo","still here, later"]');
    await client.end();
  },

  "heartbeat: a pong with a payload": async (it) => {
    const client = await it.connected();
    await client.expect();
    client.text("3probe");
    await client.expect();
    client.text("3");
    await client.settle();
  },

  "heartbeat: a WebSocket ping frame is no answer": async (it) => {
    const client = await it.connected();
    await client.expect();
    client.frame("ping frame", { opcode: 9 });
    await client.end();
  },

  "heartbeat: two pongs for one ping": async (it) => {
    const client = await it.connected();
    await client.expect();
    client.text("3");
    client.text("3");
    await client.expect();
    client.text("3");
    await client.settle();
  },

  "heartbeat: goes on after an upgrade": async (it) => {
    const polling = await it.pollingConnected();
    const client = await it.upgrading(polling);
    client.text("2probe");
    await client.expect();
    client.text("5");
    await beat(client, 2);
    await client.settle();
  },

  "heartbeat: ends after an upgrade": async (it) => {
    const polling = await it.pollingConnected();
    const client = await it.upgrading(polling);
    client.text("2probe");
    await client.expect();
    client.text("5");
    await client.end();
  },

  "heartbeat: the ping went to the poll, the pong comes by WebSocket": async (it) => {
    const polling = await it.pollingConnected();
    await polling.poll();
    const client = await it.upgrading(polling);
    client.text("2probe");
    await client.expect();
    client.text("5");
    client.text("3");
    await beat(client, 1);
    await client.settle();
  },

  "heartbeat: others in the room live on when one dies": async (it) => {
    const alive = await it.connected("alive");
    const dead = await it.connected("dead");
    dead.text(`42["join","${it.room}"]`);
    await dead.expect();
    alive.answersPings = true;
    await dead.end();
    alive.text(`42["say","${it.room}","anybody?"]`);
    await alive.settle();
  },
};
