import { describe, expect, test } from "vitest";

import { piecesOf } from "./links.ts";

const linked = (text: string): (string | undefined)[] =>
  piecesOf(text).flatMap(({ text, href }) => (href === undefined ? [] : [text]));

describe("an address", () => {
  test.each([
    ["https://example.org", ["https://example.org"]],
    ["see http://example.org/a?b=c#d there", ["http://example.org/a?b=c#d"]],
    ["www.example.org", ["www.example.org"]],
    ["https://example.org. And", ["https://example.org"]],
    ["(https://example.org)", ["https://example.org"]],
    ["https://en.wikipedia.org/wiki/Blue_(colour)", ["https://en.wikipedia.org/wiki/Blue_(colour)"]],
    ["[https://example.org/a]!", ["https://example.org/a"]],
    ["‘https://example.org/a’…", ["https://example.org/a"]],
    ["https://example.org:8005/room", ["https://example.org:8005/room"]],
    ["http://localhost:8005/room/x", ["http://localhost:8005/room/x"]],
    ["https://a.example and https://b.example", ["https://a.example", "https://b.example"]],
    ["HTTPS://EXAMPLE.ORG/A", ["HTTPS://EXAMPLE.ORG/A"]],
  ])("is found in %j", (text, expected) => {
    expect(linked(text)).toEqual(expected);
  });

  test.each([
    ["https://example.org를 보세요", ["https://example.org"]],
    ["www.example.org에서 만나요", ["www.example.org"]],
    ["https://ko.wikipedia.org/wiki/한국어 문서", ["https://ko.wikipedia.org/wiki/한국어"]],
    ["https://한국.example/길 입니다", ["https://한국.example/길"]],
    ["주소는 https://example.org/a。", ["https://example.org/a"]],
    ["“https://example.org/a”라고", ["https://example.org/a"]],
  ])("ends where Korean goes on in %j", (text, expected) => {
    expect(linked(text)).toEqual(expected);
  });

  test.each([
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "ftp://example.org",
    "xhttps://example.org",
    "https://",
    "https://nothing",
    "http://[::1",
    "https://bank.example@evil.example/",
    "https://user:word@evil.example/",
    `https://example.org/${"a".repeat(2_000)}`,
    "name@www.example.org",
  ])("is not made of %j", (text) => {
    expect(linked(text)).toEqual([]);
  });

  test("ends at signs that turn or hide text", () => {
    expect(linked("https://example.org/\u202egpj.exe")).toEqual(["https://example.org/"]);
    expect(linked("https://exam\u200bple.org/")).toEqual([]);
  });

  test("leads where it says", () => {
    expect(piecesOf("www.example.org/길")).toEqual([
      { text: "www.example.org/길", href: "https://www.example.org/%EA%B8%B8" },
    ]);
  });
});

test("no text is lost or changed, whatever is found in it", () => {
  const texts = [
    "",
    "nothing here",
    "  a https://example.org/x, (www.b.example) \n\n c  ",
    "https://example.org".repeat(50),
    "((((https://example.org))))",
    `https://${"(".repeat(500)}${")".repeat(500)}`,
    "www.www.www.",
  ];
  for (const text of texts) {
    expect(piecesOf(text).map((piece) => piece.text).join("")).toBe(text);
  }
});
