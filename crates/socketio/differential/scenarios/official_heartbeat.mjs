// The official JavaScript client on a server that pings every 300 ms.
export const variant = "heartbeat";

const TRANSPORTS = {
  polling: ["polling"],
  websocket: ["websocket"],
  "polling, then websocket": ["polling", "websocket"],
};
const LIFE_MS = 1_200;

export default Object.fromEntries(
  Object.entries(TRANSPORTS).map(([name, transports]) => [
    `official client by ${name}: lives through several heartbeats`,
    async (it) => {
      const client = it.official(transports, "client");
      await client.hears("connect");
      await it.silence(LIFE_MS);
      await client.ask("echo", "alive");
    },
  ]),
);
