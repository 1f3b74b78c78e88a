import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { GLANCE_MS_MAX, onWaking } from "./waking.ts";

function place() {
  const page = new EventTarget();
  const view = Object.assign(new EventTarget(), { visibilityState: "visible" as const });
  const woken = vi.fn();
  onWaking(woken, page, view);
  const turns = (visibilityState: string): void => {
    Object.assign(view, { visibilityState }).dispatchEvent(new Event("visibilitychange"));
  };
  return { page, view, woken, turns };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a page wakes up", () => {
  test("when it can be seen again, and knows a glance elsewhere from an absence", () => {
    const { woken, turns } = place();
    turns("hidden");
    vi.advanceTimersByTime(GLANCE_MS_MAX);
    turns("visible");
    turns("hidden");
    vi.advanceTimersByTime(GLANCE_MS_MAX + 1);
    turns("visible");
    expect(woken.mock.calls).toEqual([[true], [false]]);
  });

  test("when the network is back, and when the browser thaws it", () => {
    const { page, view, woken } = place();
    page.dispatchEvent(new Event("online"));
    view.dispatchEvent(new Event("resume"));
    expect(woken.mock.calls).toEqual([[false], [false]]);
  });

  test("when it comes back from the browser's memory, and not when it is shown first", () => {
    const { page, woken } = place();
    const shown = (persisted: boolean) => Object.assign(new Event("pageshow"), { persisted });
    page.dispatchEvent(shown(false));
    expect(woken).not.toHaveBeenCalled();
    page.dispatchEvent(shown(true));
    expect(woken).toHaveBeenCalledExactlyOnceWith(false);
  });
});
