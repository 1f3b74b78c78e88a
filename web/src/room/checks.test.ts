import { describe, expect, test } from "vitest";

import { newClientId } from "./client-id.ts";
import { inspectGif } from "./gif-file.ts";
import { continues } from "./grouping.ts";

describe("a chosen file", () => {
  const header = (signature: string): Uint8Array<ArrayBuffer> =>
    Uint8Array.from([...new TextEncoder().encode(signature), 0x40, 0x01, 0xb4, 0x00, 0, 0, 0]);

  test("is a GIF by its bytes, and tells its size", async () => {
    for (const signature of ["GIF87a", "GIF89a"]) {
      const file = await inspectGif(new Blob([header(signature)]));
      expect(file).toEqual({ ok: true, width: 320, height: 180 });
    }
  });

  test("is not a GIF by its name or type alone", async () => {
    const html = new File(["<script>alert(1)</script>"], "cat.gif", { type: "image/gif" });
    expect(await inspectGif(html)).toEqual({ ok: false, reason: "not_a_gif" });
    expect(await inspectGif(new Blob(["GIF89a"]))).toEqual({ ok: false, reason: "not_a_gif" });
    expect(await inspectGif(new Blob([]))).toEqual({ ok: false, reason: "not_a_gif" });
  });

  test("of more than 10 MiB is not sent", async () => {
    const limit = 10 * 1024 * 1024;
    const rest = (size: number) => new Blob([header("GIF89a"), new Uint8Array(size - 13)]);
    expect(await inspectGif(rest(limit))).toMatchObject({ ok: true });
    expect(await inspectGif(rest(limit + 1))).toEqual({ ok: false, reason: "too_large" });
  });
});

describe("a message goes on under the name above it", () => {
  const at = (createdAt: string, speaker: string | undefined = "a") => ({ speaker, createdAt });
  const first = at("2026-11-20T12:00:00.000Z");

  test("when the same person wrote both within two minutes", () => {
    expect(continues(first, at("2026-11-20T12:02:00.000Z"))).toBe(true);
    expect(continues(first, at("2026-11-20T12:02:00.001Z"))).toBe(false);
  });

  test("but not after somebody else, after a system line, or as the first", () => {
    expect(continues(at("2026-11-20T12:00:00.000Z", "b"), first)).toBe(false);
    const line = { speaker: undefined, createdAt: first.createdAt };
    expect(continues(line, line)).toBe(false);
    expect(continues(undefined, first)).toBe(false);
  });

  test("but not when a time cannot be read", () => {
    expect(continues(first, at("soon"))).toBe(false);
  });
});

describe("a new client id", () => {
  test("is another one each time", () => {
    expect(newClientId()).not.toBe(newClientId());
  });

  test("has 128 random bits also where randomUUID is missing", () => {
    const insecure = {
      getRandomValues: (bytes: Uint8Array) => bytes.fill(0xab).fill(0x01, 15),
    } as unknown as Crypto;
    expect(newClientId(insecure)).toBe(`${"ab".repeat(15)}01`);
  });
});
