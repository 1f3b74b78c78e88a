// The GIFs of a keepsake: fetched once each, written into the file as text, up to a limit for all.

/** What all GIFs of one file may have together. */
export const GIF_BYTES_MAX = 50 * 1024 * 1024;

/** A GIF in the file, or why it is not there. */
export type Picture = { kind: "inside"; source: Blob } | { kind: "too_large"; bytes: number } | { kind: "missing" };

/** A multiple of three, so that the parts can stand one after the other. */
const STEP = 3 * 8 * 1024;

export class Album {
  readonly #fetch: (address: string, signal: AbortSignal) => Promise<Response>;
  readonly #inside = new Map<string, { source: Blob; bytes: number }>();
  #left: number;

  constructor(
    fetch: (address: string, signal: AbortSignal) => Promise<Response>,
    bytesMax = GIF_BYTES_MAX,
  ) {
    this.#fetch = fetch;
    this.#left = bytesMax;
  }

  /** The GIF of this name; each time that it stands in the file it takes its room there. */
  async picture(name: string, signal: AbortSignal): Promise<Picture> {
    const known = this.#inside.get(name);
    if (known) return this.#take(known);
    try {
      const answer = await this.#fetch(`/gif/${encodeURIComponent(name)}`, signal);
      if (!answer.ok) return { kind: "missing" };
      const told = Number(answer.headers.get("Content-Length"));
      if (told > this.#left) {
        await answer.body?.cancel();
        return { kind: "too_large", bytes: told };
      }
      const bytes = new Uint8Array(await answer.arrayBuffer());
      const found = { source: dataUrl(bytes), bytes: bytes.length };
      const picture = this.#take(found);
      if (picture.kind === "inside") this.#inside.set(name, found);
      return picture;
    } catch {
      signal.throwIfAborted();
      return { kind: "missing" };
    }
  }

  #take({ source, bytes }: { source: Blob; bytes: number }): Picture {
    if (bytes > this.#left) return { kind: "too_large", bytes };
    this.#left -= bytes;
    return { kind: "inside", source };
  }
}

/** Whatever the bytes are, they are read as a GIF only. */
function dataUrl(bytes: Uint8Array): Blob {
  const parts = ["data:image/gif;base64,"];
  for (let start = 0; start < bytes.length; start += STEP) {
    parts.push(btoa(String.fromCharCode(...bytes.subarray(start, start + STEP))));
  }
  return new Blob(parts);
}
