// The log of a room as the official client reads it, and what a page shows of it.

import { expect, type Page } from "@playwright/test";

import { Visitor } from "./course.ts";

/** One line: its place in the log, and what a reader sees there. */
export type Line = { seq: number; says: string };

type Entry = {
  seq: number;
  chat?: string;
  gif?: string;
  system?: { kind: keyof typeof SYSTEM; alias: { ko: string } };
};
type Answer = { ok: boolean; first: number; messages: Entry[] };

const SYSTEM = {
  join: "님이 입장하셨습니다.",
  exit: "님이 퇴장하셨습니다.",
  owner: "님이 방장이 되었습니다.",
};

/** Reads the whole log of a room. Whoever reads it enters the room for that, and so stands in it. */
export async function readLog(url: string, path: string): Promise<Line[]> {
  const reader = new Visitor(url);
  try {
    const socket = await reader.connect("/chat");
    const room = path.replace("/room/", "");
    const joined = (await socket.emitWithAck("join", { room })) as Answer;
    const entries = joined.messages;
    while ((entries[0]?.seq ?? 0) > joined.first) {
      const before = entries[0]?.seq;
      const older = (await socket.emitWithAck("history", { before, limit: 100 })) as Answer;
      entries.unshift(...older.messages);
    }
    return entries.map(lineOf);
  } finally {
    reader.close();
  }
}

function lineOf({ seq, chat = "", gif, system }: Entry): Line {
  if (system) return { seq, says: system.alias.ko + SYSTEM[system.kind] };
  return { seq, says: gif ?? chat };
}

/** What is drawn of a page's list, from its first line to its last. */
export async function linesOn(page: Page): Promise<Line[]> {
  return page.getByRole("log").evaluate(readLines, undefined);
}

/** All that a page shows while its reader scrolls to the entry `goal`, up or down. */
export async function linesOnTheWay(page: Page, goal: number): Promise<Line[]> {
  const lines = await page.getByRole("log").evaluate(readLines, goal);
  expect(lines.map(({ seq }) => seq)).toContain(goal);
  return lines;
}

/** Runs in the page. Folded lines are opened first. */
async function readLines(log: Element, goal: number | undefined): Promise<Line[]> {
  const seen = new Map<number, Line>();
  const deadline = performance.now() + 60_000;
  for (;;) {
    for (const folded of log.querySelectorAll("details")) folded.open = true;
    const lines = log.querySelectorAll("#messages li[data-seq]:not(.movements)");
    for (const line of lines) {
      const picture = line.querySelector("img.gif")?.getAttribute("src");
      const words = line.querySelector(".bubble.text, .text");
      const says = picture?.replace("/gif/", "") ?? words?.textContent.trim() ?? "";
      const seq = Number(line.getAttribute("data-seq"));
      seen.set(seq, { seq, says });
    }
    if (goal === undefined || seen.has(goal) || performance.now() > deadline) break;
    const up = goal < Math.min(...seen.keys());
    log.scrollBy({ top: up ? -4_000 : 4_000, behavior: "instant" });
    await new Promise((drawn) => requestAnimationFrame(drawn));
  }
  return [...seen.values()].sort((a, b) => a.seq - b.seq);
}

/** A page draws at least so many of the newest lines. */
const LINES_AT_END = 200;

/**
 * Each page shows exactly the log: nothing missing, nothing twice, in its order, and nothing is on its
 * way. Entries older than the log's first are gone there, and may still stand on a page.
 */
export async function expectLog(pages: Page[], log: Line[]): Promise<void> {
  const first = log[0]?.seq ?? 1;
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_, index) => first + index));
  for (const page of pages) {
    const newest = async () =>
      (await linesOn(page)).filter(({ seq }) => seq >= first).slice(-LINES_AT_END);
    await expect.poll(newest).toEqual(log.slice(-LINES_AT_END));
    await expect(page.locator("#pending > li")).toHaveCount(0);
    if (log.length <= LINES_AT_END) continue;
    const all = await linesOnTheWay(page, first);
    expect(all.filter(({ seq }) => seq >= first)).toEqual(log);
  }
}

/** How often somebody said this, as the log has it. */
export function timesSaid(log: Line[], text: string): number {
  return log.filter(({ says }) => says === text).length;
}
