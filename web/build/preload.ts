// The chunks that are loaded later have no style sheets of their own and nothing to be loaded beforehand:
// the helper that Vite wraps around them would only weigh.

import type { Plugin } from "vite";

export function plainImports(): Plugin {
  return {
    name: "plain-imports",
    enforce: "pre",
    load: {
      filter: { id: /vite\/preload-helper/ },
      handler: () => "export const __vitePreload = (load) => load();",
    },
  };
}
