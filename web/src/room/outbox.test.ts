import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import type { Failure, Sent } from "../wire.ts";
import { Outbox, type PendingText } from "./outbox.ts";
import { RETRIES_MAX } from "./retry.ts";

const SENT: Sent = { ok: true, _id: "id", seq: 1, createdAt: "2026-11-20T12:00:00.000Z" };
const INVALID: Failure = { ok: false, error: "invalid", message: "The text is too long." };
const TOO_FAST: Failure = { ok: false, error: "too_fast", message: "Wait.", retryAfterMs: 3_000 };
const UNAVAILABLE: Failure = { ok: false, error: "unavailable", message: "Try again." };

type Question = { resolve: (answer: Sent | Failure) => void; reject: (reason: Error) => void };

/** An outbox whose answers are given by hand, in the order of the questions. */
function outbox() {
  const questions: Question[] = [];
  const sending: PendingText[] = [];
  const sent = vi.fn();
  let items: readonly PendingText[] = [];
  const box = new Outbox({
    send: (item) => {
      sending.push(item);
      return new Promise((resolve, reject) => questions.push({ resolve, reject }));
    },
    sent,
    changed: (next) => (items = next),
  });
  const last = (): Question => questions.at(-1) as Question;
  return {
    box,
    sending,
    sent,
    items: () => items,
    states: () => items.map(({ state }) => state),
    names: () => sending.map(({ clientId }) => clientId),
    write: (...ids: string[]) => {
      for (const id of ids) box.add(text(id));
    },
    answers: async (answer: Sent | Failure) => {
      last().resolve(answer);
      await pass(0);
    },
    isSilent: async () => {
      last().reject(new Error("timeout"));
      await pass(0);
    },
  };
}

function text(clientId: string, rest: Partial<PendingText> = {}): PendingText {
  return { clientId, text: `text ${clientId}`, author: "me", writtenAt: 0, state: "waiting", ...rest };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe("a text", () => {
  test("is shown at once and waits while there is no connection", () => {
    const { write, names, items } = outbox();
    write("a");
    expect(items()).toEqual([text("a")]);
    expect(names()).toEqual([]);
  });

  test("stands in the list until the room shows it, and leaves it once", async () => {
    const { box, write, sent, states, answers } = outbox();
    box.open();
    write("a");
    expect(states()).toEqual(["sending"]);
    await answers(SENT);
    expect(states()).toEqual(["sent"]);
    expect(sent).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ clientId: "a" }), SENT);
    box.discard("a");
    box.discard("a");
    expect(states()).toEqual([]);
  });

  test("whose event comes before its answer leaves the list once, and does not hold up the next", async () => {
    const { box, write, names, answers, states } = outbox();
    box.open();
    write("a", "b");
    box.discard("a");
    expect(names()).toEqual(["a", "b"]);
    await answers(SENT);
    expect(states()).toEqual(["sent"]);
  });

  test("that breaks a rule fails at once with the server's sentence, until its writer sends it again", async () => {
    const { box, write, items, answers, names } = outbox();
    box.open();
    write("a");
    await answers(INVALID);
    expect(items()).toEqual([text("a", { state: "failed", problem: "The text is too long." })]);
    await pass(60_000);
    expect(names()).toEqual(["a"]);
    box.retry("a");
    expect(items()[0]).toMatchObject({ state: "sending", problem: undefined });
    expect(names()).toEqual(["a", "a"]);
  });

  test("that ended the connection fails with the reason given, and is not sent again by itself", async () => {
    const { box, write, items, isSilent, names } = outbox();
    box.open();
    write("a");
    box.failCurrent("Too long.");
    box.close();
    await isSilent();
    box.open();
    expect(items()[0]).toMatchObject({ state: "failed", problem: "Too long." });
    expect(names()).toEqual(["a"]);
  });
});

describe("silence while the connection stands", () => {
  test("makes it try again under the same name, each time later, and then asks the writer", async () => {
    const { box, write, names, states, items, isSilent } = outbox();
    box.open();
    write("a");
    for (const pause of [1_000, 2_000, 4_000, 8_000]) {
      await isSilent();
      expect(states()).toEqual(["retrying"]);
      const before = names().length;
      await pass(pause - 1);
      expect(names()).toHaveLength(before);
      await pass(1);
      expect(names()).toHaveLength(before + 1);
    }
    await isSilent();
    expect(items()).toEqual([text("a", { state: "failed" })]);
    expect(new Set(names())).toEqual(new Set(["a"]));
    expect(names()).toHaveLength(RETRIES_MAX + 1);
  });

  test("is over when an answer comes, and what waited behind follows in order", async () => {
    const { box, write, names, isSilent, answers, states } = outbox();
    box.open();
    write("a", "b");
    await isSilent();
    expect(states()).toEqual(["retrying", "waiting"]);
    await pass(1_000);
    await answers(SENT);
    expect(names()).toEqual(["a", "a", "b"]);
  });

  test("that ended in failure is mended by the next connection, without the writer", async () => {
    const { box, write, states, isSilent } = outbox();
    box.open();
    write("a");
    for (let tries = 0; tries <= RETRIES_MAX; tries += 1) {
      await isSilent();
      await pass(20_000);
    }
    expect(states()).toEqual(["failed"]);
    box.close();
    box.open();
    expect(states()).toEqual(["sending"]);
  });
});

describe("a refusal that time mends", () => {
  test("waits as long as the server asks, and goes on by itself as often as needed", async () => {
    const { box, write, names, states, answers } = outbox();
    box.open();
    write("a", "b");
    for (let round = 0; round < RETRIES_MAX + 3; round += 1) {
      await answers(TOO_FAST);
      expect(states()).toEqual(["slowed", "waiting"]);
      await pass(2_999);
      expect(names()).toHaveLength(round + 1);
      await pass(1);
    }
    await answers(SENT);
    expect(names().at(-1)).toBe("b");
  });

  test("is no failed try: silence after it is still tried as often", async () => {
    const { box, write, states, answers, isSilent } = outbox();
    box.open();
    write("a");
    for (let round = 0; round <= RETRIES_MAX; round += 1) {
      await answers(TOO_FAST);
      await pass(3_000);
    }
    await isSilent();
    expect(states()).toEqual(["retrying"]);
  });

  test("of more than two minutes is the writer's to decide", async () => {
    const { box, write, states, answers } = outbox();
    box.open();
    write("a");
    await answers({ ...TOO_FAST, retryAfterMs: 120_001 });
    expect(states()).toEqual(["failed"]);
  });

  test("because the server is busy is tried again a few times, then it says so", async () => {
    const { box, write, items, names, answers } = outbox();
    box.open();
    write("a");
    for (let tries = 0; tries <= RETRIES_MAX; tries += 1) {
      await answers(UNAVAILABLE);
      await pass(20_000);
    }
    expect(names()).toHaveLength(RETRIES_MAX + 1);
    expect(items()[0]).toMatchObject({ state: "failed", problem: "Try again." });
  });

  test("does not hold up the rest once its writer has given it up", async () => {
    const { box, write, names, answers } = outbox();
    box.open();
    write("a", "b");
    await answers(TOO_FAST);
    box.discard("a");
    expect(names()).toEqual(["a", "b"]);
  });
});

describe("a break", () => {
  test("lets everything wait and sends it, under the same names, when the connection is back", async () => {
    const { box, write, names, states, isSilent } = outbox();
    box.open();
    write("a", "b");
    box.close();
    await isSilent();
    expect(states()).toEqual(["waiting", "waiting"]);
    await pass(60_000);
    expect(names()).toEqual(["a"]);
    box.open();
    expect(names()).toEqual(["a", "a"]);
  });

  test("ends a pause, and the next connection starts to count anew", async () => {
    const { box, write, names, states, isSilent } = outbox();
    box.open();
    write("a");
    for (let tries = 0; tries < RETRIES_MAX; tries += 1) {
      await isSilent();
      await pass(20_000);
    }
    await isSilent();
    box.close();
    box.open();
    await pass(0);
    const before = names().length;
    await isSilent();
    expect(states()).toEqual(["retrying"]);
    await pass(1_000);
    expect(names()).toHaveLength(before + 1);
  });

  test("after which the server has lost what it had is answered with the same text once more", async () => {
    const { box, write, names, states, answers } = outbox();
    box.open();
    write("a");
    await answers(SENT);
    box.close();
    box.settleSent(true);
    box.open();
    expect(names()).toEqual(["a", "a"]);
    await answers(SENT);
    expect(states()).toEqual(["sent"]);
  });

  test("after which the room still has it, but further back, takes it from the list", async () => {
    const { box, write, states, answers } = outbox();
    box.open();
    write("a");
    await answers(SENT);
    box.close();
    box.settleSent(false);
    expect(states()).toEqual([]);
  });
});

describe("several texts", () => {
  test("are sent one after the other, in the order in which they were written", async () => {
    const { box, write, names, answers } = outbox();
    write("a", "b");
    box.open();
    expect(names()).toEqual(["a"]);
    await answers(SENT);
    expect(names()).toEqual(["a", "b"]);
  });

  test("do not wait for one that failed for good", async () => {
    const { box, write, names, states, answers } = outbox();
    box.open();
    write("a", "b");
    await answers(INVALID);
    expect(names()).toEqual(["a", "b"]);
    expect(states()).toEqual(["failed", "sending"]);
  });

  test("that were written before the page was loaded again go first, each once", () => {
    const { box, write, names, items } = outbox();
    write("c");
    box.restore([text("a"), text("b")]);
    box.restore([text("b")]);
    expect(items().map(({ clientId }) => clientId)).toEqual(["a", "b", "c"]);
    box.open();
    expect(names()).toEqual(["a"]);
  });
});

describe("whose they are", () => {
  test("is who the room says this page is, once it says so", () => {
    const { box, items } = outbox();
    box.add(text("a", { author: undefined }));
    box.belongTo("me", "Another name.");
    expect(items()).toEqual([text("a", { author: "me" })]);
  });

  test("decides whether they are sent unasked: another author's wait for a decision", () => {
    const { box, names, items } = outbox();
    box.restore([text("a", { author: "somebody" }), text("b")]);
    box.belongTo("me", "Another name.");
    box.open();
    expect(names()).toEqual(["b"]);
    const theirs = { state: "failed", problem: "Another name.", author: "somebody" };
    expect(items()[0]).toMatchObject(theirs);
    box.close();
    box.open();
    expect(names()).not.toContain("a");
    box.retry("a");
    expect(items()[0]).toMatchObject({ state: "waiting", author: "me" });
  });
});

test("when the room is gone, what is unsent can be read and no more, and what was sent goes", async () => {
  const { box, write, items, names, answers } = outbox();
  box.open();
  write("a", "b");
  await answers(SENT);
  box.end("This room is gone.");
  expect(items()).toEqual([text("b", { state: "failed", problem: "This room is gone." })]);
  await answers(SENT);
  await pass(60_000);
  expect(items()).toHaveLength(1);
  expect(names()).toEqual(["a", "b"]);
});
