// The differences that are meant: `differences.json`, and what readers see of it,
// `../DIFFERENCES.md`.
import { readFile } from "node:fs/promises";

const LIST = new URL("differences.json", import.meta.url);
const DOCUMENT = new URL("../DIFFERENCES.md", import.meta.url);

/** The list: id → `{ reason, scenarios: { name: { reference: [line], ours: [line] } } }`. */
export async function loadDifferences() {
  return JSON.parse(await readFile(LIST, "utf8"));
}

/**
 * What each scenario is expected to differ in, with the id; a scenario may be under one id only.
 */
export function byScenario(differences) {
  const expected = new Map();
  for (const [id, { scenarios }] of Object.entries(differences)) {
    for (const [name, lines] of Object.entries(scenarios)) {
      if (expected.has(name)) {
        throw new Error(
          `differences.json has "${name}" under ${id} and under ${expected.get(name).id}`,
        );
      }
      expected.set(name, { id, ...lines });
    }
  }
  return expected;
}

/**
 * What is wrong with the document: ids it lacks, ids it should not have, reasons it words
 * otherwise.
 */
export async function documentFaults(differences) {
  const sections = new Map(
    (await readFile(DOCUMENT, "utf8"))
      .split(/^### /m)
      .slice(1)
      .map((section) => {
        const [heading, ...text] = section.split("\n");
        return [heading.replaceAll("`", "").trim(), text.join(" ")];
      }),
  );
  const missing = Object.keys(differences).filter((id) => !sections.has(id));
  const stale = [...sections.keys()].filter((id) => !(id in differences));
  const otherwise = Object.entries(differences)
    .filter(([id, { reason }]) => sections.has(id) && !sections.get(id).includes(reason))
    .map(([id]) => id);
  return [
    ...missing.map((id) => `DIFFERENCES.md lacks ${id}`),
    ...stale.map((id) => `DIFFERENCES.md has ${id}, which is not in differences.json`),
    ...otherwise.map((id) => `DIFFERENCES.md gives another reason for ${id} than differences.json`),
  ];
}
