import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { Outcome } from "./retry.ts";
import { outcomeOf } from "./upload.ts";
import { type ChosenGif, type PendingGif, Uploads } from "./uploads.ts";

const FILE = new Blob(["GIF89a"], { type: "image/gif" });

function gif(clientId: string): ChosenGif {
  const size = { width: 320, height: 180 };
  return { clientId, file: FILE, ...size, author: "me", writtenAt: 0, state: "waiting" };
}

function uploads() {
  const started: { clientId: string; progress: (share: number) => void }[] = [];
  const ends: ((outcome: Outcome) => void)[] = [];
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
  const ended = async (outcome: Outcome): Promise<void> => {
    ends.at(-1)?.(outcome);
    await vi.advanceTimersByTimeAsync(0);
  };
  const names = () => started.map(({ clientId }) => clientId);
  return { list, started, ended, names, cancel, forget, items: () => items };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a GIF on its way", () => {
  test("is shown at once from the file, with the room that it will take, and waits for the seat", () => {
    const { list, items, names } = uploads();
    list.choose(gif("a"));
    expect(items()).toEqual([{ ...gif("a"), preview: "blob:cat", share: 0 }]);
    expect(names()).toEqual([]);
    list.open();
    expect(names()).toEqual(["a"]);
  });

  test("says how much has left", () => {
    const { list, started, items } = uploads();
    list.open();
    list.choose(gif("a"));
    started[0]?.progress(0.5);
    expect(items()[0]).toMatchObject({ state: "sending", share: 0.5 });
  });

  test("stays until the room shows it, and then frees the file", async () => {
    const { list, ended, forget, cancel, items } = uploads();
    list.open();
    list.choose(gif("a"));
    await ended({ kind: "sent" });
    expect(items()[0]).toMatchObject({ state: "sent" });
    list.arrived("a");
    expect(items()).toEqual([]);
    expect(forget).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ clientId: "a" }));
    expect(cancel).not.toHaveBeenCalled();
  });

  test("that the room shows before the answer came is not cancelled", async () => {
    const { list, ended, cancel, items } = uploads();
    list.open();
    list.choose(gif("a"));
    list.arrived("a");
    await ended({ kind: "sent" });
    expect(items()).toEqual([]);
    expect(cancel).not.toHaveBeenCalled();
  });

  test("is stopped and forgotten when its sender cancels, and the next one follows", async () => {
    const { list, cancel, forget, names } = uploads();
    list.open();
    list.choose(gif("a"));
    list.choose(gif("b"));
    expect(names()).toEqual(["a"]);
    list.discard("a");
    expect(cancel).toHaveBeenCalledOnce();
    expect(forget).toHaveBeenCalledOnce();
    expect(names()).toEqual(["a", "b"]);
  });

  test("that was refused says why and can be sent again under the same name", async () => {
    const { list, names, ended, items } = uploads();
    list.open();
    list.choose(gif("a"));
    const refusal = { error: "invalid", message: "The GIF file is damaged." };
    await ended({ kind: "refused", refusal });
    expect(items()[0]).toMatchObject({ state: "failed", problem: "The GIF file is damaged." });
    list.retry("a");
    expect(items()[0]).toMatchObject({ state: "sending", share: 0, problem: undefined });
    expect(names()).toEqual(["a", "a"]);
  });

  test("that a break stopped starts again under the same name with the next connection", async () => {
    const { list, names, ended, items } = uploads();
    list.open();
    list.choose(gif("a"));
    list.close();
    await ended({ kind: "unanswered" });
    expect(items()[0]).toMatchObject({ state: "waiting" });
    list.open();
    expect(names()).toEqual(["a", "a"]);
  });

  test("that a reload stopped is shown and sent again, once", () => {
    const { list, names, items } = uploads();
    list.choose(gif("b"));
    list.restoreChosen([gif("a"), gif("b")]);
    expect(items().map(({ clientId }) => clientId)).toEqual(["a", "b"]);
    list.open();
    expect(names()).toEqual(["a"]);
  });
});

describe("the server's answer to an upload", () => {
  test("is success only with a status that says so", () => {
    expect(outcomeOf(200, "ok")).toEqual({ kind: "sent" });
    expect(outcomeOf(500, "ok")).toEqual({ kind: "unanswered" });
  });

  test("carries the code, the sentence and the pace of a refusal", () => {
    const refusal = { error: "too_fast", message: "Please wait.", retryAfterMs: 900 };
    expect(outcomeOf(429, JSON.stringify(refusal))).toEqual({ kind: "refused", refusal });
    const final = { error: "not_a_gif", message: "This is not a GIF file." };
    expect(outcomeOf(422, JSON.stringify(final))).toEqual({ kind: "refused", refusal: final });
  });

  test("from a proxy has no sentence for the reader", () => {
    for (const body of ["<html>502</html>", "null", "[]", '{"message":1}']) {
      expect(outcomeOf(502, body)).toEqual({ kind: "unanswered" });
    }
  });
});
