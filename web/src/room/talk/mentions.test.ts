import { describe, expect, test } from "vitest";

import { partsOf, queryIn } from "./mentions.ts";

const PEOPLE = new Map([
  ["파란 고래", "whale"],
  ["Blue Whale", "whale"],
  ["노란 여우", "fox"],
  ["Yellow Fox", "fox"],
]);

/** The names in a text, marked by brackets. */
function marked(text: string): string {
  return partsOf(text, PEOPLE)
    .map(({ text: part, person }) => (person === undefined ? part : `[${part}=${person}]`))
    .join("");
}

describe("names behind an @", () => {
  test("are found in both languages, wherever they stand", () => {
    expect(marked("@Blue Whale hi")).toBe("[@Blue Whale=whale] hi");
    expect(marked("hi @노란 여우")).toBe("hi [@노란 여우=fox]");
    expect(marked("(@Yellow Fox, @파란 고래)")).toBe("([@Yellow Fox=fox], [@파란 고래=whale])");
  });

  test("end where the Korean particle begins", () => {
    expect(marked("@파란 고래야 @노란 여우님께")).toBe("[@파란 고래=whale]야 [@노란 여우=fox]님께");
  });

  test("are whole words", () => {
    expect(marked("@Blue Whales")).toBe("@Blue Whales");
    expect(marked("@Blue Whale's")).toBe("[@Blue Whale=whale]'s");
  });

  test("of nobody, and what is an address, stay as they are", () => {
    expect(marked("@Red Panda")).toBe("@Red Panda");
    expect(marked("me@Blue Whale")).toBe("me@Blue Whale");
    expect(marked("@")).toBe("@");
    expect(marked("")).toBe("");
  });

  test("lose nothing of the text around them", () => {
    const text = "  @Blue Whale\n@@Yellow Fox  @";
    expect(partsOf(text, PEOPLE).map((part) => part.text).join("")).toBe(text);
  });
});

describe("what is asked for in front of the caret", () => {
  const asked = (text: string) => queryIn(text, text.length);

  test("begins at the @, at the beginning or behind a blank", () => {
    expect(asked("@")).toEqual({ at: 0, words: "" });
    expect(asked("안녕 @파")).toEqual({ at: 3, words: "파" });
    expect(asked("(@blu")).toEqual({ at: 1, words: "blu" });
  });

  test("may have a blank in it, as names have", () => {
    expect(asked("@blue wh")).toEqual({ at: 0, words: "blue wh" });
  });

  test("is nothing in an address, behind a line break, or when the @ stands alone", () => {
    expect(asked("me@blue")).toBeUndefined();
    expect(asked("@blue\nwhale")).toBeUndefined();
    expect(asked("see you @ 5")).toBeUndefined();
    expect(asked("hello")).toBeUndefined();
  });

  test("stands before the caret, not behind it", () => {
    expect(queryIn("@blue", 3)).toEqual({ at: 0, words: "bl" });
    expect(queryIn("hi @blue", 2)).toBeUndefined();
  });

  test("is found far into a long text", () => {
    const before = "가".repeat(5_000);
    expect(asked(`${before} @b`)).toEqual({ at: 5_001, words: "b" });
  });
});
