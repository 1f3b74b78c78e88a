// Puts the site's icon among the hashed assets, so that the templates can link it by its manifest entry.

import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { Plugin } from "vite";

export function icon(path: string): Plugin {
  return {
    name: "icon",
    apply: "build",
    buildStart() {
      this.addWatchFile(path);
      this.emitFile({
        type: "asset",
        name: basename(path),
        originalFileName: path,
        source: readFileSync(path),
      });
    },
  };
}
