// Enter sends and Shift+Enter breaks the line, also while an input method is composing.
//
// In Korean the last syllable is still being composed when Enter is pressed. The key then reaches the
// page as part of the composition, and some systems send a second, plain Enter afterwards. So an
// Enter that interrupts a Korean composition is remembered and acted on once, after the composition
// has put its text into the field. In Japanese or Chinese the same Enter only picks a candidate.

export type Key = Pick<
  KeyboardEvent,
  "key" | "shiftKey" | "ctrlKey" | "altKey" | "metaKey" | "isComposing" | "keyCode"
>;

/** `send` now; `swallow` the key without sending; `leave` it to the browser. */
export type Verdict = "send" | "swallow" | "leave";

/** What `keyCode` says of a key that the input method has taken. */
const TAKEN_BY_INPUT_METHOD = 229;

const ENDS_IN_HANGUL = /\p{Script=Hangul}$/u;

export class EnterKey {
  #composing = false;
  #composed = "";
  #wanted = false;
  /** Whether the last key was one that an on-screen keyboard did not name. */
  #unnamed = false;

  compositionStart(): void {
    this.#composing = true;
    this.#composed = "";
    this.#wanted = false;
  }

  compositionUpdate(text: string): void {
    this.#composed = text;
  }

  /** True when an Enter came meanwhile: call `due` in a new task, when the field holds the text. */
  compositionEnd(text: string): boolean {
    this.#composing = false;
    this.#composed = text;
    return this.#wanted;
  }

  keyDown(key: Key): Verdict {
    this.#unnamed = key.key !== "Enter" && key.keyCode === TAKEN_BY_INPUT_METHOD;
    if (key.key !== "Enter" || key.shiftKey || key.altKey || key.ctrlKey || key.metaKey) {
      return "leave";
    }
    if (this.#composing || key.isComposing) {
      this.#wanted = ENDS_IN_HANGUL.test(this.#composed);
      return "leave";
    }
    if (key.keyCode === TAKEN_BY_INPUT_METHOD && !ENDS_IN_HANGUL.test(this.#composed)) {
      // Safari ends the composition before it reports the Enter that picked the candidate.
      this.#composed = "";
      return "swallow";
    }
    this.#wanted = false;
    return "send";
  }

  /** Whether the remembered Enter is still to be acted on; a plain Enter may have come before. */
  due(): boolean {
    const due = this.#wanted;
    this.#wanted = false;
    return due;
  }

  /** What to do before the browser changes the field: a line break may be an Enter in disguise. */
  beforeInput(inputType: string): Verdict {
    if (inputType !== "insertLineBreak" && inputType !== "insertParagraph") return "leave";
    if (this.#wanted) return "swallow";
    return this.#unnamed && !this.#composing ? "send" : "leave";
  }
}
