// What one scenario saw, as lines: one lane for each connection, so that two of them cannot race
// for a line.
const SHOWN_CHARACTERS_MAX = 240;

/** Texts that differ from run to run, or from machine to machine, under one name. */
export function normalise(text) {
  return text
    .replace(/("sid\\?":\\?")[^"\\]*/g, "$1<sid>")
    .replace(/[^\x20-\x7e]/g, (character) => `\\u{${character.codePointAt(0).toString(16)}}`);
}

/** A long text as its beginning and its length. */
export function shorten(text) {
  return text.length <= SHOWN_CHARACTERS_MAX
    ? text
    : `${text.slice(0, SHOWN_CHARACTERS_MAX / 2)}… (${text.length} characters)`;
}

export class Lane {
  /** @param {string} name */
  constructor(name) {
    this.name = name;
    this.lines = [];
  }

  write(line) {
    this.lines.push(`${this.name}: ${normalise(shorten(line))}`);
  }
}

export class Transcript {
  constructor() {
    this.lanes = [];
  }

  lane(name) {
    const lane = new Lane(name);
    this.lanes.push(lane);
    return lane;
  }

  lines() {
    return this.lanes.flatMap((lane) => lane.lines);
  }
}
