// Plays every scenario against npm `socket.io` and against our engine, and fails unless they differ
// in exactly what differences.json lists.
//
//   node compare.mjs [--only PART] [--propose] [--command "PROGRAM ARGUMENT…"]
//   node compare.mjs --self [--repeat TIMES]     the reference against itself: are the scenarios deterministic?
import { parseArgs } from "node:util";
import { byScenario, documentFaults, loadDifferences } from "./differences.mjs";
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

for (let round = 0; round < Number(flags.repeat); round += 1) {
  const began = performance.now();
  const pairs = await playBoth();
  const faults = [
    ...judge(pairs, byScenario(differences)),
    ...(flags.self || flags.only !== "" ? [] : await documentFaults(differences)),
  ];
  report(pairs, faults, (performance.now() - began) / 1_000);
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

/** What is not as it should be, each as a text. */
function judge(pairs, expected) {
  const faults = [];
  const proposal = {};
  for (const { name, reference, ours } of pairs) {
    const found = difference(reference, ours);
    const { id, ...listed } = expected.get(name) ?? { reference: [], ours: [] };
    if (reference.some((line) => line.startsWith("!: "))) {
      faults.push(`${name}: the scenario does not work with the reference:${indented(reference)}`);
    }
    if (JSON.stringify(found) === JSON.stringify(listed)) {
      continue;
    }
    if (isEmpty(found)) {
      faults.push(`${name}: ${id} is listed and no longer occurs`);
    } else {
      proposal[name] = found;
      faults.push(`${name}: ${id ?? "unlisted"}${shownDifference(found)}`);
    }
  }
  const played = new Set(pairs.map(({ name }) => name));
  const unknown = flags.only === "" ? [...expected.keys()].filter((name) => !played.has(name)) : [];
  faults.push(
    ...unknown.map(
      (name) => `${name}: listed under ${expected.get(name).id}, and there is no such scenario`,
    ),
  );
  if (flags.propose) {
    const lines = Object.entries(proposal).map(
      ([name, lines]) => `${JSON.stringify(name)}: ${JSON.stringify(lines)}`,
    );
    console.log(lines.join(",\n"));
  }
  return faults;
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

function report(pairs, faults, seconds) {
  if (!flags.propose) {
    for (const fault of faults) {
      console.log(fault);
    }
  }
  const differing = pairs.filter(
    ({ reference, ours }) => !isEmpty(difference(reference, ours)),
  ).length;
  console.log(
    `${pairs.length} scenarios, ${pairs.length - differing} the same on both, ${differing} different, ` +
      `${faults.length} faults, ${seconds.toFixed(1)} s`,
  );
}
