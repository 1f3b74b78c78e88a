import { describe, expect, test } from "vitest";

import { flatten } from "../build/locales.ts";
import enSource from "#locales/en.toml?raw";
import koOnPages from "#locales/ko.toml";
import koClosing from "#locales/ko.toml?closing";
import koInPicker from "#locales/ko.toml?emoji";
import koInTalk from "#locales/ko.toml?talk";
import koKeepsake from "#locales/ko.toml?keepsake";
import koRecipients from "#locales/ko.toml?recipients";
import koPassword from "#locales/ko.toml?password";
import koSystem from "#locales/ko.toml?system";
import koOwner from "#locales/ko.toml?owner";
import koPeople from "#locales/ko.toml?people";
import koSource from "#locales/ko.toml?raw";
import { textsFor } from "./texts.ts";

const [ko, en] = [flatten(koSource), flatten(enSource)];

const koLater = {
  ...koInPicker,
  ...koInTalk,
  ...koPeople,
  ...koOwner,
  ...koClosing,
  ...koKeepsake,
  ...koRecipients,
  ...koPassword,
  ...koSystem,
};

const scripts = import.meta.glob<string>(["./**/*.ts", "./**/*.svelte", "!./**/*.test.ts"], {
  query: "?raw",
  import: "default",
  eager: true,
});
const templates = import.meta.glob<string>("../../crates/gif-chat/templates/*.html", {
  query: "?raw",
  import: "default",
  eager: true,
});

function places(text: string | undefined): string[] {
  return [...(text ?? "").matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? "").sort();
}

describe("the texts", () => {
  test("have the same keys in both languages, and none is empty", () => {
    expect(Object.keys(ko).sort()).toEqual(Object.keys(en).sort());
    for (const text of [...Object.values(ko), ...Object.values(en)]) {
      expect(text.trim()).not.toBe("");
    }
  });

  test("have the same places to fill in both languages", () => {
    for (const key of Object.keys(ko)) expect(places(en[key]), key).toEqual(places(ko[key]));
  });

  test("cover every key that a script names", () => {
    const areas = new Set(Object.keys(ko).map((key) => key.split(".")[0]));
    const named = Object.values(scripts)
      .flatMap((source) => [...source.matchAll(/"(([a-z]+)\.[a-z_]+)"/g)])
      .filter(([, , area]) => areas.has(area ?? ""))
      .map(([, key]) => key ?? "");
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((key) => !(key in ko))).toEqual([]);
    expect(named.filter((key) => !(key in koOnPages || key in koLater))).toEqual([]);
  });

  test("reach a page only when its scripts may say them", () => {
    expect(koOnPages).toMatchObject({ "room.send": ko["room.send"], "system.join": ko["system.join"] });
    expect(Object.keys(koOnPages)).not.toContain("problem.title");
    expect(Object.keys(koOnPages)).not.toContain("emoji.title");
    const { "system.join": came, "system.exit": left, ...later } = koLater;
    expect(koOnPages).toMatchObject({ "system.join": came, "system.exit": left });
    for (const key of Object.keys(later)) expect(koOnPages).not.toHaveProperty([key]);
  });

  test("cover every key that a template names", () => {
    const named = Object.values(templates)
      .flatMap((source) => [...source.matchAll(/page\.(?:text|fill)\("([^"]+)"/g)])
      .map(([, key]) => key ?? "");
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((key) => !(key in ko))).toEqual([]);
  });
});

describe("filling a text", () => {
  test("puts each value where its name stands", () => {
    expect(textsFor("ko", ko).fill("room.count", { count: 3, max: 10 })).toBe("3 / 10명");
    expect(textsFor("en", en).fill("room.count", { count: 3, max: 10 })).toBe("3 / 10");
  });

  test("leaves what looks like a place inside a value alone", () => {
    const text = textsFor("en", en).fill("system.join", { user: "{user} $& $1" });
    expect(text).toBe("{user} $& $1 came in.");
  });

  test("shows a place that nobody filled rather than the word undefined", () => {
    expect(textsFor("en", en).fill("system.join", {})).toBe("{user} came in.");
  });
});

describe("reading the files of texts", () => {
  test("names each text by its table and its key", () => {
    expect(flatten('[room]\nsend = "Send"\n[site]\nname = "Chat"')).toEqual({
      "room.send": "Send",
      "site.name": "Chat",
    });
  });

  test("refuses anything that is not a text", () => {
    expect(() => flatten("[room]\nsend = 1")).toThrow("room.send is not a text");
  });
});
