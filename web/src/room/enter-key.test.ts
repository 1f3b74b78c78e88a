import { describe, expect, test } from "vitest";

import { EnterKey, isComposed, type Key } from "./enter-key.ts";

const PLAIN: Key = {
  key: "Enter",
  keyCode: 13,
  shiftKey: false,
  ctrlKey: false,
  altKey: false,
  metaKey: false,
  isComposing: false,
};
const COMPOSING: Key = { ...PLAIN, keyCode: 229, isComposing: true };

const withKeys = (): EnterKey => new EnterKey(() => false);
const onTouch = (): EnterKey => new EnterKey(() => true);

function composing(text: string, enter = withKeys()): EnterKey {
  enter.compositionStart();
  enter.compositionUpdate(text);
  return enter;
}

describe("without a composition", () => {
  test("Enter sends", () => {
    expect(withKeys().keyDown(PLAIN)).toBe("send");
  });

  test("Shift+Enter breaks the line, and other keys and chords are left alone", () => {
    const enter = withKeys();
    for (const key of [
      { ...PLAIN, shiftKey: true },
      { ...PLAIN, altKey: true },
      { ...PLAIN, ctrlKey: true, shiftKey: true },
      { ...PLAIN, key: "a", keyCode: 65 },
    ]) {
      expect(enter.keyDown(key)).toBe("leave");
    }
    expect(enter.beforeInput("insertLineBreak")).toBe("leave");
  });

  test("Ctrl or Command with Enter sends too", () => {
    expect(withKeys().keyDown({ ...PLAIN, ctrlKey: true })).toBe("send");
    expect(withKeys().keyDown({ ...PLAIN, metaKey: true })).toBe("send");
  });

  test("an Enter that the input method did not name sends by its line break", () => {
    const enter = withKeys();
    expect(enter.keyDown({ ...PLAIN, key: "Unidentified", keyCode: 229 })).toBe("leave");
    expect(enter.beforeInput("insertText")).toBe("leave");
    expect(enter.beforeInput("insertLineBreak")).toBe("send");
  });
});

describe("where one writes on the screen", () => {
  test("Enter breaks the line, named or not", () => {
    expect(onTouch().keyDown(PLAIN)).toBe("leave");
    const enter = onTouch();
    expect(enter.keyDown({ ...PLAIN, key: "Unidentified", keyCode: 229 })).toBe("leave");
    expect(enter.beforeInput("insertLineBreak")).toBe("leave");
  });

  test("Enter breaks the line also in a Korean composition, and nothing is sent afterwards", () => {
    const enter = composing("녕", onTouch());
    expect(enter.keyDown(COMPOSING)).toBe("leave");
    expect(enter.beforeInput("insertLineBreak")).toBe("leave");
    expect(enter.compositionEnd("녕")).toBe(false);
  });

  test("Ctrl or Command with Enter of a real keyboard sends", () => {
    expect(onTouch().keyDown({ ...PLAIN, ctrlKey: true })).toBe("send");
    expect(onTouch().keyDown({ ...PLAIN, metaKey: true })).toBe("send");
  });

  test("and the rule changes with the device", () => {
    let touch = true;
    const enter = new EnterKey(() => touch);
    expect(enter.keyDown(PLAIN)).toBe("leave");
    touch = false;
    expect(enter.keyDown(PLAIN)).toBe("send");
  });
});

test("a key of a composition is told by its event or by its code", () => {
  expect(isComposed(COMPOSING)).toBe(true);
  expect(isComposed({ ...PLAIN, isComposing: true })).toBe(true);
  expect(isComposed({ ...PLAIN, keyCode: 229 })).toBe(true);
  expect(isComposed(PLAIN)).toBe(false);
});

describe("in a Korean composition", () => {
  test("one Enter sends once, after the composed text is in the field", () => {
    const enter = composing("안녕");
    expect(enter.keyDown(COMPOSING)).toBe("leave");
    expect(enter.compositionEnd("안녕")).toBe(true);
    expect(enter.due()).toBe(true);
    expect(enter.due()).toBe(false);
  });

  test("a second, plain Enter from the system does not send a second time", () => {
    const enter = composing("녕");
    enter.keyDown(COMPOSING);
    enter.compositionEnd("녕");
    expect(enter.keyDown(PLAIN)).toBe("send");
    expect(enter.due()).toBe(false);
  });

  test("the line break that the input method adds is swallowed", () => {
    const enter = composing("녕");
    enter.keyDown(COMPOSING);
    expect(enter.beforeInput("insertLineBreak")).toBe("swallow");
    expect(enter.beforeInput("insertParagraph")).toBe("swallow");
    expect(enter.beforeInput("insertCompositionText")).toBe("leave");
  });

  test("Shift+Enter does not send", () => {
    const enter = composing("녕");
    expect(enter.keyDown({ ...COMPOSING, shiftKey: true })).toBe("leave");
    expect(enter.compositionEnd("녕")).toBe(false);
  });

  test("that ends without Enter sends nothing", () => {
    const enter = composing("녕");
    expect(enter.compositionEnd("녕")).toBe(false);
    expect(enter.due()).toBe(false);
  });

  test("a new composition forgets an Enter that was never acted on", () => {
    const enter = composing("녕");
    enter.keyDown(COMPOSING);
    enter.compositionStart();
    expect(enter.due()).toBe(false);
  });
});

describe("in a Japanese or Chinese composition", () => {
  test("Enter picks the candidate and does not send", () => {
    for (const text of ["にほんご", "日本語", "nihao", "你好"]) {
      const enter = composing(text);
      expect(enter.keyDown(COMPOSING)).toBe("leave");
      expect(enter.compositionEnd(text)).toBe(false);
    }
  });

  test("an Enter that Safari reports after the composition does not send, but the next one does", () => {
    const enter = composing("日本語");
    enter.compositionEnd("日本語");
    expect(enter.keyDown({ ...PLAIN, keyCode: 229 })).toBe("swallow");
    expect(enter.keyDown(PLAIN)).toBe("send");
  });
});
