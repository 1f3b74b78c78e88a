// Plays suites against servers of one command.
import { play } from "./scenario.mjs";
import { Server } from "./servers.mjs";

// Scenarios that play at once: most wait for the server, and a scenario that tests silence waits
// long.
const AT_ONCE = 8;

/** The transcripts of a suite, by scenario, in the suite's order. */
export async function playSuite({ scenarios, variant, alone }, command) {
  const entries = Object.entries(scenarios);
  if (alone) {
    return mapSome(entries, 2, async ([name, run]) => [
      name,
      await playAlone(name, run, command, variant),
    ]);
  }
  const server = await Server.start(command, variant);
  const transcripts = await mapSome(entries, AT_ONCE, async ([name, run]) => [
    name,
    await play(name, run, server.port),
  ]);
  const code = await server.stop();
  if (code !== 0) {
    throw new Error(`${command.join(" ")} ended with ${code}: ${server.stderr}`);
  }
  return transcripts;
}

async function playAlone(name, run, command, variant) {
  const server = await Server.start(command, variant);
  const lines = await play(name, run, server.port);
  await server.stop();
  return lines;
}

/** `Promise.all` of `transform`, but only `limit` at once. */
export async function mapSome(items, limit, transform) {
  const results = new Array(items.length);
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const at = next;
      next += 1;
      results[at] = await transform(items[at]);
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return results;
}
