import { svelte } from "@sveltejs/vite-plugin-svelte";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

import { emojis } from "./build/emoji.ts";
import { icon } from "./build/icon.ts";
import { locales } from "./build/locales.ts";
import { finish } from "./build/finish.ts";
import { plainImports } from "./build/preload.ts";
import { withoutModes } from "./build/svelte-modes.ts";
import { noWebTransport } from "./build/transports.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What is loaded later says by its name what it is for. */
const CHUNKS: readonly [RegExp, string][] = [
  [/\/locales\/(\w+)\.toml$/, "texts-$1"],
  [/virtual:emoji\/(\w+)$/, "emojis-$1"],
  [/\/room\/gifs\.ts$/, "gifs"],
  [/\/EmojiPanel\.svelte$/, "picker-frame"],
  [/\/emoji\/start\.ts$/, "emoji-picker"],
  [/\/talk\/start\.ts$/, "talk"],
  [/\/PeopleList\.svelte$/, "people"],
  [/\/ActDialog\.svelte$/, "act-dialog"],
  [/\/ManageDialog\.svelte$/, "manage-room"],
  [/\/QrCode\.svelte$/, "qr-code"],
  [/\/ClosingNotice\.svelte$/, "closing-notice"],
  [/\/invited\.ts$/, "invited"],
  [/\/system-sentences\.ts$/, "system-sentences"],
  [/\/asking-claim\.ts$/, "asking-claim"],
  [/\/password-dialog\.ts$/, "secret-room"],
  [/\/lobby\/search\.ts$/, "room-search"],
  [/\/recipients\/start\.ts$/, "recipients"],
  [/\/WhisperBar\.svelte$/, "whisper-bar"],
  [/\/notify\.ts$/, "notices"],
  [/\/keepsake\/KeepsakeOffer\.svelte$/, "keepsake"],
];

function chunkName(module: string): string {
  for (const [pattern, name] of CHUNKS) {
    const found = pattern.exec(module);
    if (found) return name.replace("$1", found[1] ?? "");
  }
  return "shared";
}

export default defineConfig({
  plugins: [plainImports(), noWebTransport(), locales(), emojis(), withoutModes(), svelte(), icon("src/icon.svg"), finish()],
  resolve: {
    alias: { "#locales": here("../crates/gif-chat/locales") },
  },
  build: {
    manifest: true,
    // The first browsers with `light-dark()`, in which every colour is written: all since May 2024.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // The pages allow no `data:` pictures, so nothing may be folded into another file.
    assetsInlineLimit: 0,
    // The helper would be a script that the server did not ask for; every current browser preloads by itself.
    modulePreload: false,
    rolldownOptions: {
      optimization: { inlineConst: { mode: "all", pass: 3 } },
      // Of the parts of Svelte only those that a page uses are loaded with it: importing one does nothing else.
      treeshake: { moduleSideEffects: [{ test: /\/svelte\/src\//, sideEffects: false }] },
      output: {
        // What a page needs at once comes in few files: many small ones are compressed worse. What is loaded
        // later is left apart.
        codeSplitting: {
          groups: [
            { name: "connection", tags: ["$initial"], test: /\/(engine|socket)\.io|\/component-emitter\/|\/src\/(texts|waking|colour|invitation)\.ts|preload-helper/ },
            { name: "fields", tags: ["$initial"], test: /\/src\/forms\/(checks|rules|reveal)\.ts/ },
            { name: "room", tags: ["$initial"], test: /\/svelte\/|\/clsx\/|\/src\/room\// },
          ],
        },
        chunkFileNames: ({ facadeModuleId }) => `assets/${chunkName(facadeModuleId ?? "")}-[hash].js`,
      },
      input: {
        room: "src/room/main.ts",
        lobby: "src/lobby/main.ts",
        settings: "src/settings/main.ts",
        forms: "src/forms/main.ts",
        pages: "src/pages.css",
      },
    },
  },
  test: {
    include: ["src/**/*.test.ts"],
    // A test reads the style sheets; otherwise they would be empty.
    css: true,
  },
});
