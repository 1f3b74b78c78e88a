import { expect, test } from "vitest";

import { flatten } from "../../build/locales.ts";
import enSource from "#locales/en.toml?raw";
import koSource from "#locales/ko.toml?raw";

import type { System } from "../wire.ts";
import { piecesOf, systemKey } from "./system-text.ts";
import { FOX, WHALE } from "./testing/visit.ts";

const { id: author, user, alias } = WHALE;

function system(kind: System["kind"], rest: Partial<System> = {}): System {
  return { kind, author, user, alias, ...rest };
}

function told(source: string, line: System): string {
  const values = { ...line, user: "파란 고래", by: "노란 여우", time: "오후 3:20" };
  const sentence = flatten(source)[`system.${systemKey(line)}`] ?? "";
  return piecesOf(sentence, values)
    .map(({ text }) => text)
    .join("");
}

const EVERY: readonly System[] = [
  ...(["join", "exit", "owner", "kick", "unban", "mute", "unmute", "slow", "lock", "unlock"] as const),
  ...(["title", "max", "password", "invite", "revoke", "closing", "staying"] as const),
].map((kind) => system(kind, { title: "차", max: 4, seconds: 30, secret: true, until: "" }));

test("every kind of line has a sentence without a place left open, in both languages", () => {
  const varied = [
    system("owner", { by: FOX }),
    system("kick", { reason: "광고" }),
    system("slow", { seconds: 0 }),
    system("password", { secret: false }),
  ];
  for (const line of [...EVERY, ...varied]) {
    for (const source of [koSource, enSource]) {
      expect(told(source, line), line.kind).toMatch(/^[^{}]+$/);
    }
  }
});

test("a line says who did it, why, and until when, where that is known", () => {
  expect(told(koSource, system("owner", { by: FOX }))).toBe("노란 여우님이 파란 고래님에게 방장을 넘겼습니다.");
  expect(told(koSource, system("owner"))).toBe("파란 고래님이 방장이 되었습니다.");
  expect(told(koSource, system("kick", { reason: "광고" }))).toBe(
    "방장이 파란 고래님을 내보냈습니다. 오후 3:20까지 다시 들어올 수 없습니다. 이유: 광고",
  );
  expect(told(koSource, system("slow", { seconds: 30 }))).toContain("30초에 한 번");
  expect(told(koSource, system("slow", { seconds: 0 }))).toBe("파란 고래님이 느린 대화를 껐습니다.");
  expect(told(enSource, system("password", { secret: false }))).toContain("is open now");
});

test("what people have written is a piece of its own, whatever it looks like", () => {
  const pieces = piecesOf("{user} changed the title: {title}", { user: "Fox", title: "{user} \u202e" });
  expect(pieces).toEqual([
    { text: "Fox", filled: true },
    { text: " changed the title: ", filled: false },
    { text: "{user} \u202e", filled: true },
  ]);
});
