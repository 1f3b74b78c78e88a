import { describe, expect, test, vi } from "vitest";

import type { Failure, Sent } from "../wire.ts";
import { Outbox, type PendingText } from "./outbox.ts";

const SENT: Sent = { ok: true, _id: "id", seq: 1, createdAt: "2026-11-20T12:00:00.000Z" };
const REFUSED: Failure = { ok: false, error: "too_fast", message: "Please wait 3 s." };

/** An outbox whose answers are given by hand, in the order of the questions. */
function outbox() {
  const questions: PromiseWithResolvers<Sent | Failure>[] = [];
  const sending: PendingText[] = [];
  const sent = vi.fn();
  let items: readonly PendingText[] = [];
  const box = new Outbox({
    send: (item) => {
      const question = promise<Sent | Failure>();
      questions.push(question);
      sending.push(item);
      return question.promise;
    },
    sent,
    changed: (next) => (items = next),
  });
  return { box, questions, sending, sent, items: () => items, settle: () => new Promise(setImmediate) };
}

type PromiseWithResolvers<T> = {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (reason: Error) => void;
};

function promise<T>(): PromiseWithResolvers<T> {
  let resolve!: (value: T) => void;
  let reject!: (reason: Error) => void;
  return { promise: new Promise<T>((yes, no) => ([resolve, reject] = [yes, no])), resolve, reject };
}

describe("a text", () => {
  test("is shown at once and waits while there is no connection", () => {
    const { box, sending, items } = outbox();
    box.add("a", "hello");
    expect(items()).toEqual([{ clientId: "a", text: "hello", state: "waiting" }]);
    expect(sending).toEqual([]);
  });

  test("leaves the outbox when the room has it", async () => {
    const { box, questions, sent, items, settle } = outbox();
    box.open();
    box.add("a", "hello");
    expect(items()[0]?.state).toBe("sending");
    questions[0]?.resolve(SENT);
    await settle();
    expect(items()).toEqual([]);
    expect(sent).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ text: "hello" }), SENT);
  });

  test("leaves the outbox once when its event comes before its answer", async () => {
    const { box, questions, sent, items, settle } = outbox();
    box.open();
    box.add("a", "hello");
    box.discard("a");
    expect(items()).toEqual([]);
    questions[0]?.resolve(SENT);
    await settle();
    expect(items()).toEqual([]);
    expect(sent).toHaveBeenCalledOnce();
  });

  test("that is refused stays with the server's sentence, and is sent again under the same name", async () => {
    const { box, questions, sending, items, settle } = outbox();
    box.open();
    box.add("a", "hello");
    questions[0]?.resolve(REFUSED);
    await settle();
    const failed = { clientId: "a", text: "hello", state: "failed", problem: "Please wait 3 s." };
    expect(items()).toEqual([failed]);
    box.retry("a");
    expect(items()[0]?.problem).toBeUndefined();
    expect(sending.map(({ clientId }) => clientId)).toEqual(["a", "a"]);
  });

  test("without an answer fails while the connection stands, so that its writer knows", async () => {
    const { box, questions, items, settle } = outbox();
    box.open();
    box.add("a", "hello");
    questions[0]?.reject(new Error("timeout"));
    await settle();
    expect(items()).toEqual([{ clientId: "a", text: "hello", state: "failed" }]);
  });

  test("caught by a break is sent again, under the same name, when the connection is back", async () => {
    const { box, questions, sending, items, settle } = outbox();
    box.open();
    box.add("a", "hello");
    box.close();
    questions[0]?.reject(new Error("socket has been disconnected"));
    await settle();
    expect(items()[0]?.state).toBe("waiting");
    box.open();
    expect(sending.map(({ clientId }) => clientId)).toEqual(["a", "a"]);
  });
});

describe("several texts", () => {
  test("are sent one after the other, in the order in which they were written", async () => {
    const { box, questions, sending, settle } = outbox();
    box.add("a", "one");
    box.add("b", "two");
    box.open();
    expect(sending.map(({ text }) => text)).toEqual(["one"]);
    questions[0]?.resolve(SENT);
    await settle();
    expect(sending.map(({ text }) => text)).toEqual(["one", "two"]);
  });

  test("do not wait for one that failed", async () => {
    const { box, questions, sending, items, settle } = outbox();
    box.open();
    box.add("a", "one");
    box.add("b", "two");
    questions[0]?.resolve(REFUSED);
    await settle();
    expect(sending.map(({ text }) => text)).toEqual(["one", "two"]);
    expect(items().map(({ state }) => state)).toEqual(["failed", "sending"]);
  });
});
