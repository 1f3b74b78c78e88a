// Enter sends and Shift+Enter breaks the line, also while an input method is composing. Where one
// writes on the screen, Enter breaks the line and the button sends; with Ctrl or Command it sends there too.
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

/** Whether an input method is at work on this key, or has just been: then it is none of ours. */
export function isComposed({ isComposing, keyCode }: Pick<Key, "isComposing" | "keyCode">): boolean {
  return isComposing || keyCode === TAKEN_BY_INPUT_METHOD;
}

export class EnterKey {
  /** Asked at each key: a tablet gets its keyboard, or loses it, at any time. */
  readonly #onTouch: () => boolean;
  #composing = false;
  #composed = "";
  #wanted = false;
  /** Whether the last key was one that the input method did not name. */
  #unnamed = false;

  constructor(onTouch: () => boolean) {
    this.#onTouch = onTouch;
  }

  get composing(): boolean {
    return this.#composing;
  }

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
    if (key.key !== "Enter" || this.#breaks(key)) return "leave";
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
    return this.#unnamed && !this.#composing && !this.#onTouch() ? "send" : "leave";
  }

  #breaks({ shiftKey, altKey, ctrlKey, metaKey }: Key): boolean {
    return shiftKey || altKey || (this.#onTouch() && !ctrlKey && !metaKey);
  }
}
