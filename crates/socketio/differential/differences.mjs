// The differences that are meant: `differences.json`, and what readers see, `../DIFFERENCES.md`.
//
// The list is id → `{ reason, rules, scenarios }`. A rule says what is always different in some
// scenarios: `{ in: "^pattern of names", reference: "text", ours: "text" }`, where the text is part
// of a line, and `ours: null` means that the line is not there. `scenarios` says what else differs
// in one: `{ name: { reference: [line], ours: [line] } }`.
import { readFile } from "node:fs/promises";

const LIST = new URL("differences.json", import.meta.url);
const DOCUMENT = new URL("../DIFFERENCES.md", import.meta.url);

/** The list as it is written. */
export async function loadDifferences() {
  return JSON.parse(await readFile(LIST, "utf8"));
}

/** The list as it is used. */
export class Expected {
  constructor(differences) {
    this.rules = Object.entries(differences).flatMap(([id, { rules = [] }]) =>
      rules.map((rule) => ({ ...rule, id, pattern: new RegExp(rule.in), uses: 0 })),
    );
    this.scenarios = new Map();
    for (const [id, { scenarios = {} }] of Object.entries(differences)) {
      for (const [name, lines] of Object.entries(scenarios)) {
        if (this.scenarios.has(name)) {
          throw new Error(`"${name}" is under ${id} and under ${this.scenarios.get(name).id}`);
        }
        this.scenarios.set(name, { id, ...lines });
      }
    }
  }

  /**
   * The reference's lines as they would be if the rules were its own. Where a scenario has its own
   * entry, which pins every line, only where that makes the line ours.
   */
  translate(name, reference, ours) {
    const rules = this.rules.filter(({ pattern }) => pattern.test(name));
    const isPinned = this.scenarios.has(name);
    return reference
      .map((line) =>
        translated(
          rules,
          line,
          (text) => !isPinned || (text === null ? !ours.includes(line) : ours.includes(text)),
        ),
      )
      .filter((line) => line !== null);
  }

  /** What else is different, by the list. */
  of(name) {
    return this.scenarios.get(name) ?? { id: "unlisted", reference: [], ours: [] };
  }

  /** Rules and scenarios that nothing has asked for. */
  stale(playedNames) {
    const played = new Set(playedNames);
    const names = [...this.scenarios].filter(([name]) => !played.has(name));
    const rules = this.rules.filter(({ uses }) => uses === 0);
    return [
      ...names.map(([name, { id }]) => `${id}: there is no scenario "${name}"`),
      ...rules.map((rule) => `${rule.id}: no line "${rule.reference}" in ${rule.in} any more`),
    ];
  }
}

function translated(rules, line, isWanted) {
  const rule = rules.find(({ reference }) => line.includes(reference));
  if (rule === undefined) {
    return line;
  }
  const text = rule.ours === null ? null : line.replace(rule.reference, () => rule.ours);
  if (!isWanted(text)) {
    return line;
  }
  rule.uses += 1;
  return text;
}

/** What is wrong with the document: ids it lacks or should not have, other reasons. */
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
  const ids = Object.keys(differences);
  const missing = ids.filter((id) => !sections.has(id));
  const unknown = [...sections.keys()].filter((id) => !ids.includes(id));
  const otherwise = ids.filter(
    (id) => sections.get(id)?.includes(differences[id].reason) === false,
  );
  return [
    ...missing.map((id) => `DIFFERENCES.md lacks ${id}`),
    ...unknown.map((id) => `DIFFERENCES.md has ${id}, which is not in differences.json`),
    ...otherwise.map((id) => `DIFFERENCES.md gives another reason for ${id} than differences.json`),
  ];
}
