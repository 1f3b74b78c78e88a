// What happens to the folder once the bundle is written: the official Socket.IO client is put beside
// it, and every file that the server hands out gets its compressed twins.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Smaller files gain less than the extra header costs. */
const COMPRESSED_BYTES_MIN = 1024;

const CLIENT_FILES = ["socket.io.js", "socket.io.min.js", "socket.io.esm.min.js"];

export function finish(): Plugin {
  let dist = "dist";
  return {
    name: "finish",
    apply: "build",
    configResolved(config) {
      dist = join(config.root, config.build.outDir);
    },
    closeBundle() {
      copyClient(join(dist, "socket.io"));
      for (const folder of ["assets", "socket.io"]) compressFolder(join(dist, folder));
    },
  };
}

/** The pages of others load the client from our server, as they do from the original one. */
function copyClient(folder: string): void {
  const entry = createRequire(import.meta.url).resolve("socket.io-client");
  const published = join(dirname(entry), "../../dist");
  mkdirSync(folder, { recursive: true });
  for (const file of CLIENT_FILES.flatMap((name) => [name, `${name}.map`])) {
    copyFileSync(join(published, file), join(folder, file));
  }
}

function compressFolder(folder: string): void {
  for (const file of readdirSync(folder)) {
    if (/\.(br|gz|png)$/.test(file)) continue;
    const path = join(folder, file);
    const content = readFileSync(path);
    if (content.length < COMPRESSED_BYTES_MIN) continue;
    writeFileSync(`${path}.br`, brotli(content));
    writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
  }
}

function brotli(content: Buffer): Buffer {
  return brotliCompressSync(content, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
    },
  });
}
