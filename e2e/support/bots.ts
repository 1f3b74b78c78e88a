// The example bots as people run them: a process each, with a folder of GIFs and a folder for what it remembers.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { type Socket, Visitor } from "./course.ts";
import { expect, test as base } from "./fixtures.ts";
import { gif } from "./gif.ts";
import type { Server } from "./server.ts";

const EXAMPLES = fileURLToPath(new URL("../../examples/bots", import.meta.url));
const TEST_MS_MAX = 60_000;
/** A bot comes back after a pause that grows. */
const PATIENTLY = { intervals: [100], timeout: 20_000 };

/** How each bot is started. */
export const BOTS = [
  { name: "JavaScript", program: process.execPath, source: join(EXAMPLES, "javascript/bot.mjs") },
  { name: "Python", program: "python3", source: join(EXAMPLES, "python/bot.py") },
] as const;

export type Kind = (typeof BOTS)[number];

export class Bot {
  readonly #kind: Kind;
  readonly #home: string;
  #child: ChildProcess | undefined;
  #closed: Promise<unknown> = Promise.resolve();
  #printed = "";
  #complained = "";

  constructor(kind: Kind, home: string) {
    this.#kind = kind;
    this.#home = home;
  }

  static async at(kind: Kind): Promise<Bot> {
    const home = await mkdtemp(join(tmpdir(), "gif-chat-bot-"));
    await mkdir(join(home, "gifs"));
    return new Bot(kind, home);
  }

  /** Puts a GIF into the bot's folder, or beside it; it is known again by its width. */
  async keepGif(name: string, width: number): Promise<void> {
    await this.keepFile(name, gif({ width, height: 16 }));
  }

  async keepFile(name: string, bytes: Buffer): Promise<void> {
    await writeFile(join(this.#home, "gifs", name), bytes);
  }

  /** Starts it for this room, and waits until it says that it is in. */
  async start(server: Server, room: string, environment: NodeJS.ProcessEnv = {}): Promise<void> {
    const arrivals = this.#arrivals;
    this.run(`${server.url}/room/${room}`, environment);
    await this.arrived(arrivals + 1);
  }

  /** Waits until it has said so often that it is in the room. */
  async arrived(times: number): Promise<void> {
    await expect.poll(() => this.#arrivals, { message: "arrivals of the bot", ...PATIENTLY }).toBe(times);
  }

  run(address: string, environment: NodeJS.ProcessEnv = {}): void {
    const { program, source } = this.#kind;
    const child = spawn(program, [source, address, "gifs"], {
      cwd: this.#home,
      env: { PATH: process.env["PATH"], PYTHONPATH: join(EXAMPLES, "python/python_modules"), ...environment },
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.setEncoding("utf8").on("data", (text: string) => (this.#printed += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#complained += text));
    this.#child = child;
    this.#closed = once(child, "close", { signal: AbortSignal.timeout(TEST_MS_MAX) });
    this.#closed.catch(() => undefined);
  }

  get #arrivals(): number {
    return this.#printed.split("In the room as").length - 1;
  }

  /** What it wrote for its operator. */
  get complaints(): string {
    return this.#complained;
  }

  /** Waits until it ends by itself; gives its exit code. */
  async ended(): Promise<number | null | undefined> {
    await this.#closed;
    return this.#child?.exitCode;
  }

  /** Ends it as a power cut would: without a word, whatever it was doing. */
  async kill(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await this.#closed;
  }

  /** What it remembers of a room. */
  async memory(room: string): Promise<string> {
    return readFile(this.#memoryOf(room), "utf8");
  }

  /** Makes it forget what it did since `memory`, as if it had been killed before it wrote that down. */
  async remember(room: string, memory: string): Promise<void> {
    await writeFile(this.#memoryOf(room), memory);
  }

  #memoryOf(room: string): string {
    return join(this.#home, `bot-${room}.json`);
  }

  async remove(): Promise<void> {
    await this.kill();
    await rm(this.#home, { recursive: true, force: true });
  }
}

type Line = {
  author?: string;
  chat?: string;
  width?: number;
  system?: { kind: string; author: string };
};
type Joined = { you: { id: string }; participants: { id: string }[]; messages: Line[] };

/** Somebody who made a room, stays in it, and looks at what the others say. */
export class Host {
  readonly visitor: Visitor;
  readonly room: string;
  readonly #socket: Socket;
  #id = "";

  private constructor(visitor: Visitor, room: string, socket: Socket) {
    this.visitor = visitor;
    this.room = room;
    this.#socket = socket;
  }

  static async open(server: Server, password = ""): Promise<Host> {
    const visitor = new Visitor(server.url);
    const room = await visitor.makeRoom({ title: "로봇과 함께", password });
    const socket = await visitor.connect("/chat");
    const host = new Host(visitor, room, socket);
    host.#id = (await host.#look()).you.id;
    return host;
  }

  /** Says something by HTTP. */
  async say(chat: string): Promise<void> {
    expect(await (await this.visitor.chat(this.room, chat)).text()).toBe("ok");
  }

  /** What the others have said, oldest first: texts, and GIFs by their width. */
  async heard(): Promise<(string | number | undefined)[]> {
    const { messages } = await this.#look();
    const others = messages.filter(({ author }) => author !== undefined && author !== this.#id);
    return others.map(({ chat, width }) => chat ?? width);
  }

  /** Waits until the others have said this, and nothing else, also across a restart of the server. */
  async expectHeard(said: unknown[]): Promise<void> {
    const heard = () => this.heard().catch((reason: Error) => reason.message);
    await expect.poll(heard, PATIENTLY).toEqual(said);
  }

  /** Sends out whoever else is here; gives who that is. */
  async sendOut(): Promise<string[]> {
    const { participants } = await this.#look();
    const others = participants.map(({ id }) => id).filter((id) => id !== this.#id);
    for (const id of others) await this.#order("kick", { id, seconds: 600 });
    return others;
  }

  async letBackIn(people: string[]): Promise<void> {
    for (const id of people) await this.#order("unban", { id });
  }

  /** How often somebody else came in. */
  async entries(): Promise<number> {
    const { messages } = await this.#look();
    return messages.filter(({ system }) => system?.kind === "join" && system.author !== this.#id).length;
  }

  async #order(act: string, order: object): Promise<void> {
    expect(await this.#socket.emitWithAck(act, order)).toMatchObject({ ok: true });
  }

  async #look(): Promise<Joined> {
    return (await this.#socket.emitWithAck("join", { room: this.room })) as Joined;
  }

  close(): void {
    this.visitor.close();
  }
}

/** A bot of each kind, with a few GIFs. */
export const test = base.extend<{ host: Host; bot: Bot; kind: Kind }>({
  kind: [BOTS[0], { option: true }],
  bot: async ({ kind }, use) => {
    const bot = await Bot.at(kind);
    await use(bot);
    await bot.remove();
  },
  host: async ({ server }, use) => {
    const host = await Host.open(server);
    await use(host);
    host.close();
  },
});
