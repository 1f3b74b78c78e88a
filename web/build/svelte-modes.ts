// Svelte can take over pages that it has rendered itself, run effects asynchronously, run components of its
// earlier versions, and look into objects that are state. Our pages do none of this: the switches stand
// still, what hangs on them goes, and state that is no plain value is `$state.raw` or an object of a class.

import type { Plugin } from "vite";

const SWITCH = /export let (hydrating|async_mode_flag|legacy_mode_flag|tracing_mode_flag) = false;/g;
const TURNED = /^\t(?:hydrating|async_mode_flag|legacy_mode_flag|tracing_mode_flag) = .*;$/gm;

/** In which module so many of them stand: another number means that Svelte is built otherwise now. */
const SWITCHES: readonly [RegExp, number][] = [
  [/\/dom\/hydration\.js$/, 1],
  [/\/flags\/index\.js$/, 3],
];

/** A plain object as state would no longer be followed: better that its page breaks at once. */
const RAW_STATE = `
  const plain = [Object.prototype, Array.prototype];
  export function proxy(value) {
    if (value && plain.includes(Object.getPrototypeOf(value))) throw new Error("It must be $state.raw.");
    return value;
  }
  export const is = Object.is;
  export const get_proxied_value = (value) => value;
`;

export function withoutModes(): Plugin {
  return {
    name: "without-modes",
    apply: "build",
    enforce: "pre",
    load: {
      filter: { id: /\/svelte\/src\/internal\/client\/proxy\.js$/ },
      handler: () => RAW_STATE,
    },
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
