import { describe, expect, test, vi } from "vitest";

import { followVisibleHeight } from "./viewport.ts";

/** A phone of 800 pixels, and what the page has set. */
function phone() {
  const visible = Object.assign(new EventTarget(), { height: 800, scale: 1, offsetTop: 0 });
  const view = { innerHeight: 800, scrollTo: vi.fn(), visualViewport: visible };
  const set = new Map<string, string>();
  const style = {
    setProperty: (name: string, value: string | null) => void set.set(name, value ?? ""),
    removeProperty: (name: string) => String(set.delete(name)),
  };
  followVisibleHeight(view, style);
  const becomes = (event: "resize" | "scroll", change: Partial<typeof visible>): void => {
    Object.assign(visible, change).dispatchEvent(new Event(event));
  };
  return { view, becomes, height: () => set.get("--visible-height") };
}

describe("an on-screen keyboard", () => {
  test("that covers the page makes it as high as what is left, until it goes", () => {
    const { becomes, height, view } = phone();
    becomes("resize", { height: 480 });
    expect(height()).toBe("480px");
    expect(view.scrollTo).toHaveBeenCalledWith(0, 0);
    becomes("resize", { height: 800 });
    expect(height()).toBeUndefined();
  });

  test("that shrinks the page itself changes nothing", () => {
    const { becomes, height, view } = phone();
    view.innerHeight = 480;
    becomes("resize", { height: 480 });
    expect(height()).toBeUndefined();
    expect(view.scrollTo).not.toHaveBeenCalled();
  });

  test("does not leave the page pushed up out of sight", () => {
    const { becomes, view } = phone();
    becomes("resize", { height: 480 });
    view.scrollTo.mockClear();
    becomes("scroll", { offsetTop: 120 });
    expect(view.scrollTo).toHaveBeenCalledWith(0, 0);
  });
});

test("a reader who zooms in keeps the page as it is, and moves over it freely", () => {
  const { becomes, height, view } = phone();
  becomes("resize", { height: 400, scale: 2 });
  becomes("scroll", { offsetTop: 120 });
  expect(height()).toBeUndefined();
  expect(view.scrollTo).not.toHaveBeenCalled();
});

test("a browser that does not tell of it is left alone", () => {
  const style = { setProperty: vi.fn(), removeProperty: vi.fn() };
  const view = { innerHeight: 800, scrollTo: vi.fn(), visualViewport: null };
  expect(() => followVisibleHeight(view, style)).not.toThrow();
});
