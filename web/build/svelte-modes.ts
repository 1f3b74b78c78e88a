// Svelte can take over pages that it has rendered itself, run effects asynchronously, and run components
// of its earlier versions. Our pages do none of this: the switches stand still, and what hangs on them goes.

import type { Plugin } from "vite";

const SWITCH = /export let (hydrating|async_mode_flag|legacy_mode_flag|tracing_mode_flag) = false;/g;
const TURNED = /^\t(?:hydrating|async_mode_flag|legacy_mode_flag|tracing_mode_flag) = .*;$/gm;

/** In which module so many of them stand: another number means that Svelte is built otherwise now. */
const SWITCHES: readonly [RegExp, number][] = [
  [/\/dom\/hydration\.js$/, 1],
  [/\/flags\/index\.js$/, 3],
];

export function withoutModes(): Plugin {
  return {
    name: "without-modes",
    apply: "build",
    enforce: "pre",
    transform: {
      filter: { id: /\/svelte\/src\/internal\/(?:client\/dom\/hydration|flags\/index)\.js$/ },
      handler(source, id) {
        const wanted = SWITCHES.find(([module]) => module.test(id))?.[1];
        if (source.match(SWITCH)?.length !== wanted) this.error(`Svelte's switches have moved from ${id}`);
        return { code: source.replace(SWITCH, "export const $1 = false;").replace(TURNED, ""), map: null };
      },
    },
  };
}
