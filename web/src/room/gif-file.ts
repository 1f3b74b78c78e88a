// A first look at a chosen file, so that nobody waits for an upload that must be refused.

import { GIF_MIB_MAX } from "./limits.ts";

export type GifFile =
  | { ok: true; width: number; height: number }
  | { ok: false; reason: "not_a_gif" | "too_large" };

/** Signature and canvas stand in the first ten bytes. */
const HEADER_BYTES = 10;

export async function inspectGif(file: Blob): Promise<GifFile> {
  if (file.size > GIF_MIB_MAX * 1024 * 1024) return { ok: false, reason: "too_large" };
  const header = new DataView(await file.slice(0, HEADER_BYTES).arrayBuffer());
  if (header.byteLength < HEADER_BYTES || !hasSignature(header)) {
    return { ok: false, reason: "not_a_gif" };
  }
  return { ok: true, width: header.getUint16(6, true), height: header.getUint16(8, true) };
}

function hasSignature(header: DataView): boolean {
  const signature = String.fromCharCode(...new Uint8Array(header.buffer, 0, 6));
  return signature === "GIF87a" || signature === "GIF89a";
}
