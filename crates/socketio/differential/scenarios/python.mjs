// The Python client: one process for each server plays all its conversations.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";

const CLIENT = new URL("../drivers/python_client.py", import.meta.url).pathname;
const MODULES = new URL("../python_modules", import.meta.url).pathname;
const DEADLINE_MS = 60_000;

const played = new Map();

/** All transcripts of the Python client with the server at `port`. */
function playAll(port) {
  if (!played.has(port)) {
    const run = promisify(execFile)("python3", [CLIENT, String(port)], {
      env: { ...process.env, PYTHONPATH: MODULES },
      timeout: DEADLINE_MS,
    });
    played.set(
      port,
      run.then(({ stdout }) => JSON.parse(stdout)),
    );
  }
  return played.get(port);
}

/** The conversations and transports that the client's own tables name. */
async function names() {
  const source = await readFile(CLIENT, "utf8");
  const conversations = [
    .../^ {4}(\w+),$/gm[Symbol.matchAll](between(source, "CONVERSATIONS = [", "]")),
  ];
  const transports = [
    .../^ {4}"([^"]+)":/gm[Symbol.matchAll](between(source, "TRANSPORTS = {", "}")),
  ];
  return transports.flatMap(([, transport]) =>
    conversations.map(
      ([, conversation]) => `python client by ${transport}: ${conversation.replaceAll("_", " ")}`,
    ),
  );
}

function between(text, beginning, end) {
  const from = text.indexOf(beginning);
  return text.slice(from, text.indexOf(`\n${end}`, from));
}

export default Object.fromEntries(
  (await names()).map((name) => [
    name,
    async (it) => {
      const lane = it.lane("python");
      for (const line of (await playAll(it.port))[name]) {
        lane.write(line);
      }
    },
  ]),
);
