// A lesson as somebody starts it, and a browser that looks at its page.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { test as base } from "@playwright/test";

import { Watch } from "./watch.ts";

export { expect } from "@playwright/test";

const FOLDER =
  process.env["GIFCHAT_LESSONS"] ?? fileURLToPath(new URL("../../target/debug", import.meta.url));

const START_MS_MAX = 10_000;
const STOP_MS_MAX = 10_000;

export class Lesson {
  readonly #name: string;
  #child: ChildProcess | undefined;
  #port = "0";
  #log = "";

  constructor(name: string) {
    this.#name = name;
  }

  get port(): number {
    return Number(this.#port);
  }

  get url(): string {
    return `http://localhost:${this.#port}`;
  }

  /** Everything that it has written to its log. */
  get log(): string {
    return this.#log;
  }

  /** Starts it on a free port, and after the first time on the same one. */
  async start(): Promise<void> {
    const child = spawn(join(FOLDER, this.#name), [], {
      env: { PORT: this.#port, NO_COLOR: "1" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#log += text));
    const lines = createInterface({ input: child.stdout });
    const started = once(lines, "line", { signal: AbortSignal.timeout(START_MS_MAX) });
    const ended = once(child, "exit").then(() => {
      throw new Error(`The lesson ended at its start:\n${this.#log}`);
    });
    const [line] = (await Promise.race([started, ended])) as [string];
    ended.catch(() => undefined);
    this.#port = new URL(line).port;
  }

  /** Asks it to end, as Ctrl-C does, and waits until it has. */
  async stop(): Promise<void> {
    const code = await this.#end("SIGINT");
    if (code !== 0) throw new Error(`The lesson ended with ${code}:\n${this.#log}`);
  }

  /** Ends it without a word. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (!child) return 0;
    this.#child = undefined;
    const ended = once(child, "exit", { signal: AbortSignal.timeout(STOP_MS_MAX) });
    child.kill(signal);
    try {
      const [code] = (await ended) as [number | null];
      return code;
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
  }
}

type Fixtures = {
  name: "websocket" | "server_sent_events" | "socket_io";
  lesson: Lesson;
  watch: Watch;
};

/** With the lesson of that name, whose page the browser is about to open. */
export const test = base.extend<Fixtures>({
  name: ["websocket", { option: true }],

  lesson: async ({ name }, use, testInfo) => {
    const lesson = new Lesson(name);
    await lesson.start();
    await use(lesson);
    await lesson.stop();
    await testInfo.attach("lesson-log", { body: lesson.log, contentType: "text/plain" });
    base.expect(lesson.log, "the lesson's log").not.toMatch(/panicked|ERROR/);
  },

  baseURL: async ({ lesson }, use) => {
    await use(lesson.url);
  },

  watch: [
    async ({ lesson, context }, use) => {
      const watch = new Watch(lesson.url);
      await watch.follow(context);
      await use(watch);
      base.expect(watch.problems, "problems on the pages").toEqual([]);
    },
    { auto: true },
  ],
});
