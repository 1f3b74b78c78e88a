// The page as the server rendered it: what it says about the room, and the list that stands in
// until the first answer to our join.

import { textColour } from "../colour.ts";
import type { Times } from "../times.ts";
import { continues, type Spoken } from "./grouping.ts";

export type Shell = {
  room: string;
  max: number;
  secret: boolean;
  count: number;
  owner: { user: string; alias: string };
  /** Where the application, its line of facts and its buttons go. */
  places: { app: HTMLElement; facts: HTMLElement; actions: HTMLElement };
  history: HTMLElement;
};

export function readShell(): Shell {
  const app = element("app");
  const facts = element("room-facts");
  return {
    room: app.dataset["room"] ?? "",
    max: Number(app.dataset["max"]),
    secret: app.dataset["secret"] === "true",
    count: Number(facts.dataset["count"]),
    owner: {
      user: facts.dataset["ownerColour"] ?? "",
      alias: facts.dataset["ownerAlias"] ?? "",
    },
    places: { app, facts, actions: element("room-actions") },
    history: element("history"),
  };
}

/** Gives the server's list the look of ours, so that nothing moves when ours takes its place. */
export function tidyHistory(history: HTMLElement, times: Times): void {
  let previous: Spoken | undefined;
  for (const line of history.querySelectorAll<HTMLElement>("li")) {
    const time = line.querySelector("time");
    const createdAt = time?.dateTime ?? "";
    if (time) {
      time.textContent = times.short(createdAt);
      time.title = times.long(createdAt);
    }
    const { colour } = line.dataset;
    const spoken = { speaker: colour, createdAt };
    line.classList.toggle("continued", continues(previous, spoken));
    previous = spoken;
    const alias = line.querySelector<HTMLElement>(".alias");
    if (alias && colour !== undefined) alias.style.color = textColour(colour);
  }
}

/** What the reader is shown as having said, and when; only the server's list, so without names. */
export function ownTexts(history: HTMLElement): { text: string; createdAt: number }[] {
  return [...history.querySelectorAll<HTMLElement>("li.own")].map((line) => ({
    text: line.querySelector(".bubble.text")?.textContent ?? "",
    createdAt: Date.parse(line.querySelector("time")?.dateTime ?? ""),
  }));
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no #${id}.`);
  return found;
}
