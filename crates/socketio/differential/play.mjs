// Prints what one server does in some scenarios: node play.mjs [part of a scenario's name] [--
// command of the server]
import { loadSuites, selected } from "./suites.mjs";
import { playSuite } from "./run.mjs";
import { REFERENCE } from "./servers.mjs";

const separator = process.argv.indexOf("--");
const command = separator < 0 ? REFERENCE : process.argv.slice(separator + 1);
const filter = process.argv[2] === "--" ? "" : (process.argv[2] ?? "");
for (const suite of selected(await loadSuites(), filter)) {
  for (const [name, lines] of await playSuite(suite, command)) {
    console.log(`## ${name}\n${lines.map((line) => `  ${line}\n`).join("")}`);
  }
}
