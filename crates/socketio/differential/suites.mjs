// The scenarios, by the server they need.
import { readdir } from "node:fs/promises";

const FOLDER = new URL("scenarios/", import.meta.url);

/**
 * Every file of `scenarios`: its name, its scenarios, its server's variant, whether each needs a
 * server of its own.
 */
export async function loadSuites() {
  const files = (await readdir(FOLDER)).filter((file) => file.endsWith(".mjs")).sort();
  return Promise.all(
    files.map(async (file) => {
      const {
        default: scenarios,
        variant = "usual",
        alone = false,
      } = await import(new URL(file, FOLDER));
      return { file, scenarios, variant, alone };
    }),
  );
}

/** Only the scenarios whose name contains `part`. */
export function selected(suites, part) {
  return suites
    .map((suite) => ({
      ...suite,
      scenarios: Object.fromEntries(
        Object.entries(suite.scenarios).filter(([name]) => name.includes(part)),
      ),
    }))
    .filter(({ scenarios }) => Object.keys(scenarios).length > 0);
}
