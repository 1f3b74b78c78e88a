import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { type Device, NOTICE_MS_MIN, Notices, type Switch } from "./notices.ts";

type Shown = { title: string; body: string; tag: string; closed: boolean; onclick?: () => void };

/** A browser that says this when it is asked, and keeps what it shows. */
function browser(answer: NotificationPermission, permission: NotificationPermission = "default") {
  const shown: Shown[] = [];
  class FakeNotification {
    static permission = permission;
    static requestPermission = vi.fn(async () => {
      FakeNotification.permission = answer;
      return answer;
    });
    readonly #it: Shown;

    constructor(title: string, { body = "", tag = "" }: NotificationOptions = {}) {
      this.#it = { title, body, tag, closed: false };
      if (FakeNotification.permission === "granted") shown.push(this.#it);
    }

    set onclick(click: () => void) {
      this.#it.onclick = click;
    }

    close(): void {
      this.#it.closed = true;
    }
  }
  return { shown, Notification: FakeNotification as unknown as typeof Notification };
}

function noticesOn(device: Partial<Device>) {
  const kept = { on: false };
  const states: Switch[] = [];
  const focus = vi.fn();
  const whole: Device = {
    Notification: undefined,
    choice: { get: () => kept.on, set: (on) => (kept.on = on) },
    isHidden: () => true,
    focus,
    ...device,
  };
  const notices = new Notices(whole, "room-1", "/icon.png", (state) => states.push(state));
  return { notices, kept, focus, last: () => states.at(-1) };
}

const HELLO = { title: "파란 고래 · 방", body: "안녕하세요" };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the switch", () => {
  test("asks for permission only when it is pressed, and remembers", async () => {
    const { Notification } = browser("granted");
    const { notices, kept, last } = noticesOn({ Notification });
    expect(Notification.requestPermission).not.toHaveBeenCalled();
    expect(last()).toEqual({ possible: true, on: false, denied: false });
    await notices.toggle();
    expect(last()).toEqual({ possible: true, on: true, denied: false });
    expect(kept.on).toBe(true);
    await notices.toggle();
    expect(last()?.on).toBe(false);
    expect(kept.on).toBe(false);
  });

  test("says so when the browser denies it", async () => {
    const { Notification } = browser("denied");
    const { notices, kept, last } = noticesOn({ Notification });
    await notices.toggle();
    expect(last()).toEqual({ possible: true, on: false, denied: true });
    expect(kept.on).toBe(false);
  });

  test("is on again on the next page, unless the permission is gone", () => {
    const choice = { get: () => true, set: () => undefined };
    const granted = browser("granted", "granted").Notification;
    expect(noticesOn({ Notification: granted, choice }).last()?.on).toBe(true);
    const denied = browser("denied", "denied").Notification;
    expect(noticesOn({ Notification: denied, choice }).last()?.on).toBe(false);
  });

  test("is not there where notifications are not, or are for workers only", () => {
    expect(noticesOn({}).last()?.possible).toBe(false);
    const Notification = Object.assign(
      function (): never {
        throw new TypeError("Illegal constructor");
      },
      { permission: "default" },
    ) as unknown as Device["Notification"];
    expect(noticesOn({ Notification }).last()?.possible).toBe(false);
  });

  test("goes away when a granted notification cannot be made after all", () => {
    const Notification = Object.assign(
      function (): never {
        throw new TypeError("Illegal constructor");
      },
      { permission: "granted" },
    ) as unknown as Device["Notification"];
    const choice = { get: () => true, set: () => undefined };
    const { notices, last } = noticesOn({ Notification, choice });
    notices.tell(HELLO);
    expect(last()).toEqual({ possible: false, on: false, denied: false });
  });
});

describe("notices", () => {
  async function ready(device: Partial<Device> = {}) {
    const { shown, Notification } = browser("granted");
    const all = noticesOn({ Notification, ...device });
    await all.notices.toggle();
    return { shown, ...all };
  }

  test("are shown only while the page is hidden, and only when they are wanted", async () => {
    let hidden = false;
    const { notices, shown } = await ready({ isHidden: () => hidden });
    notices.tell(HELLO);
    expect(shown).toEqual([]);
    hidden = true;
    notices.tell(HELLO);
    expect(shown).toMatchObject([{ ...HELLO, tag: "room-1" }]);
    await notices.toggle();
    vi.advanceTimersByTime(NOTICE_MS_MIN);
    notices.tell(HELLO);
    expect(shown).toHaveLength(1);
  });

  test("of a burst are two: the first, and the last a little later", async () => {
    const { notices, shown } = await ready();
    for (const body of ["하나", "둘", "셋"]) notices.tell({ ...HELLO, body });
    expect(shown.map(({ body }) => body)).toEqual(["하나"]);
    vi.advanceTimersByTime(NOTICE_MS_MIN);
    expect(shown.map(({ body }) => body)).toEqual(["하나", "셋"]);
    vi.advanceTimersByTime(10 * NOTICE_MS_MIN);
    expect(shown).toHaveLength(2);
  });

  test("go when the reader is back, and what was still to be told is not", async () => {
    const { notices, shown } = await ready();
    notices.tell(HELLO);
    notices.tell(HELLO);
    notices.see();
    expect(shown[0]?.closed).toBe(true);
    vi.advanceTimersByTime(NOTICE_MS_MIN);
    expect(shown).toHaveLength(1);
  });

  test("bring the reader to the tab when they are clicked", async () => {
    const { notices, shown, focus } = await ready();
    notices.tell(HELLO);
    shown[0]?.onclick?.();
    expect(focus).toHaveBeenCalledOnce();
    expect(shown[0]?.closed).toBe(true);
  });

  test("tell only the beginning of a long text, on one line", async () => {
    const { notices, shown } = await ready();
    notices.tell({ ...HELLO, body: `첫째 줄\n\n${"가".repeat(200)}` });
    expect(shown[0]?.body).toMatch(/^첫째 줄 가+…$/);
    expect([...(shown[0]?.body ?? "")]).toHaveLength(81);
  });
});
