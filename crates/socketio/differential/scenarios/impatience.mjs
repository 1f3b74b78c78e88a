// What must come in time, on a server that waits 500 ms for CONNECT and for attachments.
export const variant = "impatient";

export default {
  "a binary event whose part does not come in time": async (it) => {
    const client = await it.connected();
    client.text('451-["binary",{"_placeholder":true,"num":0}]');
    await client.during(1_500);
  },

  "no CONNECT in time: over WebSocket": async (it) => {
    const client = await it.session();
    await client.end();
  },

  "no CONNECT in time: over polling, a poll waits": async (it) => {
    const client = await it.polling();
    await client.poll();
    await client.settle();
  },

  "no CONNECT in time: over polling, nobody polls": async (it) => {
    const client = await it.polling();
    await it.silence(1_000);
    await client.settle();
  },

  "no CONNECT in time: refused CONNECTs do not count": async (it) => {
    const client = await it.session();
    client.text("40/nowhere,");
    client.text('40/auth,{"token":"guess"}');
    await client.end();
  },

  "no CONNECT in time: CONNECT in time": async (it) => {
    const client = await it.connected();
    await client.during(1_000);
    await client.settle();
  },

  "no CONNECT in time: connected to /chat only": async (it) => {
    const client = await it.connected("websocket", ["/chat"]);
    await client.during(1_000);
    await client.settle();
  },

  "no CONNECT in time: a session without a namespace after DISCONNECT": async (it) => {
    const client = await it.connected();
    client.text("41");
    await client.during(1_000);
    await client.settle();
  },
};
