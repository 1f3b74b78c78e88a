import { describe, expect, test } from "vitest";

import serverPages from "../../crates/gif-chat/src/web/pages.rs?raw";
import { contrast, isReadable, PAGE_BACKGROUND, safeColour, textColour } from "./colour.ts";
import tokens from "./styles/tokens.css?raw";

describe("contrast", () => {
  test("is 21 between black and white, and 1 between a colour and itself", () => {
    expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
    expect(contrast("#3a7867", "#3a7867")).toBe(1);
  });

  test("does not depend on which colour is named first", () => {
    expect(contrast("#3a7867", "#f7f9f7")).toBe(contrast("#f7f9f7", "#3a7867"));
  });

  test("agrees with the published value for #767676 on white", () => {
    expect(contrast("#767676", "#ffffff")).toBeCloseTo(4.54, 2);
    expect(contrast("#777777", "#ffffff")).toBeLessThan(4.5);
  });
});

describe("a person's colour", () => {
  test("is put on text only where it can be read", () => {
    expect(textColour("#3a7867")).toBe("light-dark(#3a7867, var(--ink))");
    expect(textColour("#d2d279")).toBe("light-dark(var(--ink), #d2d279)");
  });

  test("that is not #rrggbb becomes grey, whatever else it is", () => {
    for (const odd of ["red", "#fff", "#12345g", "url(#x)", "", "#3a7867;color:red"]) {
      expect(safeColour(odd)).toBe("#808080");
    }
    expect(safeColour("#3A7867")).toBe("#3A7867");
  });

  test("of the least readable kind is refused in both themes", () => {
    expect(isReadable("#808080", "light")).toBe(false);
    expect(isReadable("#787878", "dark")).toBe(false);
  });
});

test("the page, its style sheet and the server name the same two backgrounds", () => {
  expect(tokens).toContain(
    `--page: light-dark(${PAGE_BACKGROUND.light}, ${PAGE_BACKGROUND.dark});`,
  );
  expect(serverPages).toContain(`["${PAGE_BACKGROUND.light}", "${PAGE_BACKGROUND.dark}"]`);
});
