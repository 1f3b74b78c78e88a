// Plays every scenario against npm `socket.io` and against our engine, and fails unless they differ
// in exactly what differences.json lists.
//
//   node compare.mjs [--only PART] [--propose] [--command "PROGRAM ARGUMENT…"]
//   node compare.mjs --self [--repeat TIMES]     the reference against itself
import { parseArgs } from "node:util";
import { documentFaults, Expected, loadDifferences } from "./differences.mjs";
import { difference, isEmpty } from "./lines.mjs";
import { mapSome, playSuite } from "./run.mjs";
import { loadSuites, selected } from "./suites.mjs";
import { REFERENCE } from "./servers.mjs";

const OURS = new URL("../../../target/debug/examples/differential", import.meta.url).pathname;
const SUITES_AT_ONCE = 3;

const { values: flags } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    propose: { type: "boolean", default: false },
    command: { type: "string", default: OURS },
    self: { type: "boolean", default: false },
    repeat: { type: "string", default: "1" },
  },
});

const command = flags.self ? REFERENCE : flags.command.split(" ");
const suites = selected(await loadSuites(), flags.only);
const differences = flags.self ? {} : await loadDifferences();
const isWhole = !flags.self && flags.only === "";

for (let round = 0; round < Number(flags.repeat); round += 1) {
  const began = performance.now();
  const pairs = await playBoth();
  const expected = new Expected(differences);
  const judged = pairs.map((pair) => judge(pair, expected));
  const faults = [
    ...judged.flatMap(({ faults }) => faults),
    ...(isWhole ? expected.stale(pairs.map(({ name }) => name)) : []),
    ...(isWhole ? await documentFaults(differences) : []),
  ];
  report(pairs, judged, faults, (performance.now() - began) / 1_000);
  process.exitCode ||= faults.length === 0 ? 0 : 1;
}

/** Each scenario's name and both transcripts. */
async function playBoth() {
  const played = await mapSome(suites, SUITES_AT_ONCE, async (suite) => {
    const [reference, ours] = await Promise.all([
      playSuite(suite, REFERENCE),
      playSuite(suite, command),
    ]);
    return reference.map(([name, lines], at) => ({ name, reference: lines, ours: ours[at][1] }));
  });
  return played.flat();
}

/** What is not as it should be with a scenario, as texts, and what the list would have to say. */
function judge({ name, reference, ours }, expected) {
  const faults = [];
  if (reference.some((line) => line.startsWith("!: "))) {
    faults.push(`${name}: does not work with the reference:${indented(reference)}`);
  }
  const found = difference(expected.translate(name, reference, ours), ours);
  const { id, ...listed } = expected.of(name);
  if (JSON.stringify(found) === JSON.stringify(listed)) {
    return { faults };
  }
  faults.push(
    isEmpty(found)
      ? `${name}: ${id} is listed and no longer occurs`
      : `${name}: ${id}${shownDifference(found)}`,
  );
  return { faults, proposal: `${JSON.stringify(name)}: ${JSON.stringify(found)}` };
}

function shownDifference({ reference, ours }) {
  return indented([
    ...reference.map((line) => `reference  ${line}`),
    ...ours.map((line) => `ours       ${line}`),
  ]);
}

function indented(lines) {
  return lines.map((line) => `\n    ${line}`).join("");
}

function report(pairs, judged, faults, seconds) {
  if (flags.propose) {
    console.log(judged.flatMap(({ proposal }) => proposal ?? []).join(",\n"));
  } else {
    faults.forEach((fault) => console.log(fault));
  }
  const same = pairs.filter(({ reference, ours }) => isEmpty(difference(reference, ours))).length;
  console.log(
    `${pairs.length} scenarios: ${same} the same on both, ${pairs.length - same} different; ` +
      `${faults.length} faults; ${seconds.toFixed(1)} s`,
  );
}
