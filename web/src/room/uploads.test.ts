import { describe, expect, test, vi } from "vitest";

import { outcomeOf, type UploadOutcome } from "./upload.ts";
import { type PendingGif, Uploads } from "./uploads.ts";

const FILE = new File(["GIF89a"], "cat.gif", { type: "image/gif" });
const SIZE = { width: 320, height: 180 };

function uploads() {
  const started: { clientId: string; progress: (share: number) => void }[] = [];
  const ends: ((outcome: UploadOutcome) => void)[] = [];
  const cancel = vi.fn();
  const forget = vi.fn();
  let items: readonly PendingGif[] = [];
  const list = new Uploads({
    start: (clientId, _file, progress) => {
      started.push({ clientId, progress });
      return { outcome: new Promise((resolve) => ends.push(resolve)), cancel };
    },
    preview: () => "blob:cat",
    forget,
    changed: (next) => (items = next),
  });
  const settle = () => new Promise(setImmediate);
  return { list, started, ends, cancel, forget, items: () => items, settle };
}

describe("a GIF on its way", () => {
  test("is shown at once from the file, with the room that it will take", () => {
    const { list, items } = uploads();
    list.add("a", FILE, SIZE);
    expect(items()).toEqual([
      { clientId: "a", preview: "blob:cat", ...SIZE, state: "uploading", share: 0 },
    ]);
  });

  test("says how much has left, and that the server is checking once all has", () => {
    const { list, started, items } = uploads();
    list.add("a", FILE, SIZE);
    started[0]?.progress(0.5);
    expect(items()[0]).toMatchObject({ state: "uploading", share: 0.5 });
    started[0]?.progress(1);
    expect(items()[0]).toMatchObject({ state: "checking" });
  });

  test("stays until the room shows it, and then frees the file", async () => {
    const { list, ends, forget, cancel, items, settle } = uploads();
    list.add("a", FILE, SIZE);
    ends[0]?.({ kind: "sent" });
    await settle();
    expect(items()[0]).toMatchObject({ state: "sent" });
    list.arrived("a");
    expect(items()).toEqual([]);
    expect(forget).toHaveBeenCalledExactlyOnceWith("blob:cat");
    expect(cancel).not.toHaveBeenCalled();
  });

  test("that the room shows before the answer came is not cancelled", async () => {
    const { list, ends, cancel, items, settle } = uploads();
    list.add("a", FILE, SIZE);
    list.arrived("a");
    ends[0]?.({ kind: "sent" });
    await settle();
    expect(items()).toEqual([]);
    expect(cancel).not.toHaveBeenCalled();
  });

  test("is stopped and forgotten when its sender cancels", async () => {
    const { list, ends, cancel, forget, items, settle } = uploads();
    list.add("a", FILE, SIZE);
    list.discard("a");
    ends[0]?.({ kind: "cancelled" });
    await settle();
    expect(cancel).toHaveBeenCalledOnce();
    expect(forget).toHaveBeenCalledOnce();
    expect(items()).toEqual([]);
  });

  test("that was refused says why and can be sent again under the same name", async () => {
    const { list, started, ends, items, settle } = uploads();
    list.add("a", FILE, SIZE);
    ends[0]?.({ kind: "refused", message: "The GIF file is damaged." });
    await settle();
    expect(items()[0]).toMatchObject({ state: "failed", problem: "The GIF file is damaged." });
    list.retry("a");
    expect(items()[0]).toMatchObject({ state: "uploading", share: 0 });
    expect(items()[0]).not.toHaveProperty("problem");
    expect(started.map(({ clientId }) => clientId)).toEqual(["a", "a"]);
  });
});

describe("the server's answer to an upload", () => {
  test("is success only with a status that says so", () => {
    expect(outcomeOf(200, "ok")).toEqual({ kind: "sent" });
    expect(outcomeOf(500, "ok")).toEqual({ kind: "unanswered" });
  });

  test("carries the sentence of a refusal", () => {
    const body = JSON.stringify({ error: "not_a_gif", message: "This is not a GIF file." });
    expect(outcomeOf(422, body)).toEqual({ kind: "refused", message: "This is not a GIF file." });
  });

  test("from a proxy has no sentence for the reader", () => {
    for (const body of ["<html>502</html>", "null", "[]", '{"message":1}']) {
      expect(outcomeOf(502, body)).toEqual({ kind: "unanswered" });
    }
  });
});
