// Runs Autobahn's cases against the WebSocket lesson and the engine's reader and writer of frames, and
// fails unless each is as RFC 6455 wants it, or as allowed.json says that it may be, and why.
// Left out are its sections 9 (speed) and 12, 13 (compression, which neither has). It is a client on
// Python 2.7, so this is an addition to the cases in examples/lessons/tests/it/framing, which need
// nothing. Autobahn's own report is then in target/autobahn.
//
//   node run.mjs PYTHON FOLDER     of Python 2.7, and of the packages of requirements.txt
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { within } from "../differential/drivers/deadline.mjs";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const REPORTS = `${ROOT}target/autobahn`;
const SECTIONS = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*"];
/** What these sections have in the version of requirements.txt: none may get lost. */
const CASES = 247;
const STRICT = ["OK", "INFORMATIONAL"];
const START_DEADLINE_MS = 20_000;
const RUN_DEADLINE_MS = 300_000;
const ENGINE = ["--ignored", "--nocapture", "echo_server::what_a_client_sends_comes_back"];

const [python, packages] = process.argv.slice(2);
const allowed = JSON.parse(readFileSync(new URL("allowed.json", import.meta.url), "utf8"));
const programs = built();
const faults = await Promise.all([
  examine("lesson", programs.lesson, [], "/echo"),
  examine("engine", programs.engine, ENGINE, "/"),
]);
for (const fault of faults.flat()) {
  console.error(fault);
}
process.exitCode = faults.flat().length === 0 ? 0 : 1;

/** Builds the lesson and the engine's tests, as all tests are built, and tells where they are. */
function built() {
  const build = ["test", "--workspace", "--locked", "--no-run", "--message-format=json"];
  const output = execFileSync("cargo", build, {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 64 << 20,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const made = output.trim().split("\n").map((line) => JSON.parse(line));
  const program = (name, isTest) =>
    made.find(
      ({ target, profile, executable }) =>
        executable && target.name === name && profile.test === isTest,
    ).executable;
  return { lesson: program("websocket", false), engine: program("socketio", true) };
}

/** Runs a server and all cases against it; resolves to what is wrong, as texts. */
async function examine(agent, program, parameters, path) {
  const server = spawn(program, parameters, {
    env: { ...process.env, PORT: "0", RUST_LOG: "off" },
    stdio: ["pipe", "pipe", "ignore"],
  });
  try {
    const url = await within(address(server), `the address of ${agent}`, START_DEADLINE_MS);
    const results = await autobahn(agent, `ws://127.0.0.1:${new URL(url).port}${path}`);
    return judge(agent, results);
  } finally {
    server.kill();
  }
}

async function address(server) {
  for await (const line of createInterface({ input: server.stdout })) {
    const [url] = line.match(/http:\/\/\S+/) ?? [];
    if (url !== undefined) {
      return url;
    }
  }
  throw new Error("a server ended before it listened");
}

/** Runs Autobahn; resolves to what it says of each case. */
async function autobahn(agent, url) {
  const outdir = `${REPORTS}/${agent}`;
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  const specification = `${outdir}/specification.json`;
  const servers = [{ agent, url }];
  const cases = { cases: SECTIONS, "exclude-cases": [], "exclude-agent-cases": {} };
  writeFileSync(specification, JSON.stringify({ outdir, servers, ...cases }));
  // A folder that pip has filled is no place of packages yet: some of them share a name.
  const run = `import site; site.addsitedir(${JSON.stringify(packages)})
from autobahntestsuite.wstest import run; run()`;
  const client = spawn(python, ["-W", "ignore", "-c", run, "--mode", "fuzzingclient", "--spec", specification], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  client.stdout.on("data", (text) => {
    output += text;
  });
  const ended = new Promise((resolve, reject) => {
    client.once("error", reject);
    client.once("close", resolve);
  });
  try {
    const code = await within(ended, `Autobahn and ${agent}`, RUN_DEADLINE_MS);
    if (code !== 0) {
      throw new Error(`Autobahn ended with ${code}: ${output}`);
    }
  } finally {
    client.kill();
  }
  return JSON.parse(readFileSync(`${outdir}/index.json`, "utf8"))[agent] ?? {};
}

function judge(agent, results) {
  const faults = [];
  const cases = Object.entries(results);
  if (cases.length !== CASES) {
    faults.push(`${agent}: ${cases.length} cases instead of ${CASES}`);
  }
  const { cases: lenient, ends } = allowed[agent];
  const seen = new Set();
  for (const [id, { behavior, behaviorClose }] of cases) {
    if (!(STRICT.includes(behavior) || (behavior === "NON-STRICT" && id in lenient))) {
      faults.push(`${agent}: case ${id} is ${behavior}`);
    }
    if (!(STRICT.includes(behaviorClose) || behaviorClose in ends)) {
      faults.push(`${agent}: the end of case ${id} is ${behaviorClose}`);
    }
    if (behavior === "NON-STRICT") {
      seen.add(id);
    }
    seen.add(behaviorClose);
  }
  for (const name of [...Object.keys(lenient), ...Object.keys(ends)]) {
    if (!seen.has(name)) {
      faults.push(`${agent}: ${name} in allowed.json is not needed`);
    }
  }
  console.log(`${agent}: ${cases.length} of Autobahn's cases, ${faults.length} not as they should be`);
  return faults;
}
