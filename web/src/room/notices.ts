// The device's own notifications of new messages: only where the reader has asked for them, only
// while the room is out of sight, and only the newest of several that come together.

/** One message, as a notification tells of it. */
export type Notice = { title: string; body: string };

/** What the menu shows: hidden where there is no such thing, and why it is not on. */
export type Switch = { possible: boolean; on: boolean; denied: boolean };

/** The parts of the browser that notices need. */
export type Device = {
  Notification: typeof Notification | undefined;
  /** Keeps the choice for this browser. */
  choice: { get: () => boolean; set: (on: boolean) => void };
  isHidden: () => boolean;
  focus: () => void;
};

/** Between two notifications lies at least this. */
export const NOTICE_MS_MIN = 5_000;
/** Enough of a text to know what it is about. */
const BODY_LENGTH_MAX = 80;

export class Notices {
  readonly #device: Device;
  readonly #tag: string;
  readonly #icon: string;
  readonly #changed: (state: Switch) => void;
  #possible: boolean;
  #on = false;
  #denied = false;
  #shown: Notification | undefined;
  #next: Notice | undefined;
  #rest: ReturnType<typeof setTimeout> | undefined;

  /** Notices with the same `tag` take each other's place, also between tabs. */
  constructor(device: Device, tag: string, icon: string, changed: (state: Switch) => void) {
    this.#device = device;
    this.#tag = tag;
    this.#icon = icon;
    this.#changed = changed;
    this.#possible = isPossible(device.Notification);
    this.#on = device.choice.get() && device.Notification?.permission === "granted";
    this.#change();
  }

  /** The reader has pressed the switch; only now is the browser asked. */
  async toggle(): Promise<void> {
    if (this.#on) {
      this.#set(false);
      this.see();
      return;
    }
    const permission = await this.#device.Notification?.requestPermission();
    this.#denied = permission === "denied";
    this.#set(permission === "granted");
  }

  /** Tells of a message, now or when the last one has stood long enough. */
  tell(notice: Notice): void {
    if (!this.#on || !this.#device.isHidden()) return;
    this.#next = notice;
    if (this.#rest === undefined) this.#show();
  }

  /** The reader is back: what they have seen need not be told. */
  see(): void {
    this.#next = undefined;
    this.#shown?.close();
    this.#shown = undefined;
  }

  #show(): void {
    this.#rest = undefined;
    const notice = this.#next;
    this.#next = undefined;
    const { Notification } = this.#device;
    if (!notice || !Notification) return;
    const options = { body: beginning(notice.body), tag: this.#tag, icon: this.#icon };
    try {
      const shown = new Notification(notice.title, options);
      shown.onclick = () => {
        this.#device.focus();
        shown.close();
      };
      this.#shown = shown;
    } catch {
      // Some phones have the name and the permission, but take notifications from workers only.
      this.#possible = false;
      this.#set(false);
      return;
    }
    this.#rest = setTimeout(() => this.#show(), NOTICE_MS_MIN);
  }

  #set(on: boolean): void {
    this.#on = on;
    this.#device.choice.set(on);
    this.#change();
  }

  #change(): void {
    this.#changed({ possible: this.#possible, on: this.#on, denied: this.#denied });
  }
}

/** Where only workers may notify, the constructor throws; elsewhere it shows nothing without permission. */
function isPossible(Notification: Device["Notification"]): boolean {
  if (!Notification) return false;
  if (Notification.permission === "granted") return true;
  try {
    new Notification("").close();
    return true;
  } catch {
    return false;
  }
}

function beginning(text: string): string {
  const letters = [...text.replace(/\s+/g, " ").trim()];
  if (letters.length <= BODY_LENGTH_MAX) return letters.join("");
  return `${letters.slice(0, BODY_LENGTH_MAX).join("")}…`;
}
