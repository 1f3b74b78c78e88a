// What may end the whole server: each runs against a server of its own, and says whether it
// survived.
import { forEach } from "../scenario.mjs";

export const variant = "usual";
export const alone = true;

function nested(name, depth) {
  return `42["${name}",${"[".repeat(depth)}${"]".repeat(depth)}]`;
}

const PAYLOADS = {
  "5,000 levels, echoed": nested("echo", 5_000),
  "20,000 levels, echoed": nested("echo", 20_000),
  "20,000 levels, dropped": nested("never", 20_000),
  "2,000,000 levels": nested("never", 2_000_000),
  "20,000 levels in a binary event": `451-${nested("never", 20_000).slice(2)}`,
  "twice without an ack": '42["twice"]',
  "burst of a text": '42["burst","many"]',
  "join of an object": '42["join",{"a":1}]',
  "join of nothing": '42["join"]',
};

export default forEach(PAYLOADS, "survival", async (it, packet) => {
  const client = await it.connected();
  client.text(packet);
  if (packet.startsWith("45")) {
    client.binary(Buffer.from([1]));
  }
  await client.settle();
  it.lane("server").write(await it.serverState());
});
