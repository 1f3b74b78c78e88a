// The release binary as a person runs it: one process, its own data folder, a free port.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { SlowNetwork } from "./slow.ts";

export type Settings = Readonly<Record<string, string>>;

const BINARY =
  process.env["GIFCHAT_BINARY"] ??
  fileURLToPath(new URL("../../target/release/gif-chat", import.meta.url));

const run = promisify(execFile);

const RESTORE = `
import secrets, sqlite3, sys
with sqlite3.connect(sys.argv[1]) as database:
    database.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", [secrets.token_hex(16)])
    database.execute("UPDATE rooms SET head = head - ?", [sys.argv[2]])
    database.execute("DELETE FROM entries WHERE seq > (SELECT head FROM rooms WHERE id = room)")
database.close()
`;

/** With it everything that the server says comes up to so many milliseconds late (`make test-slow`). */
export const LAG_MS_MAX = Number(process.env["GIFCHAT_TEST_LAG_MS"] ?? 0);

const START_MS_MAX = 10_000;
const STOP_MS_MAX = 15_000;

/** Budgets that no test about something else should meet. */
const ROOMY: Settings = {
  GIFCHAT_MESSAGES_BURST: "1000",
  GIFCHAT_GIFS_PER_MINUTE: "1000",
  GIFCHAT_GIFS_PER_MINUTE_PER_ADDRESS: "1000",
  GIFCHAT_ROOMS_OPEN_MAX: "100",
  GIFCHAT_ROOMS_PER_HOUR: "100",
  GIFCHAT_PASSWORDS_PER_MINUTE: "100",
  GIFCHAT_PASSWORDS_PER_MINUTE_PER_ADDRESS: "100",
};

export class Server {
  readonly #settings: Settings;
  readonly #folder: string;
  #child: ChildProcess | undefined;
  #port = "0";
  #slow: SlowNetwork | undefined;
  #printed: string[] = [];
  #log = "";

  private constructor(settings: Settings, folder: string) {
    this.#settings = settings;
    this.#folder = folder;
  }

  static async start(settings: Settings = {}): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), "gif-chat-e2e-"));
    const server = new Server(settings, folder);
    await server.start();
    return server;
  }

  /** The address that the server printed, such as `http://localhost:40123`. */
  get url(): string {
    const printed = this.#printed[0] ?? "";
    return this.#slow ? printed.replace(this.#port, String(this.#slow.port)) : printed;
  }

  /** The same by its number: only there does the official client listen to the browser's going offline. */
  get urlByNumber(): string {
    return this.url.replace("localhost", "127.0.0.1");
  }

  get port(): number {
    return this.#slow?.port ?? Number(this.#port);
  }

  /** Everything that the server has written to its log. */
  get log(): string {
    return this.#log;
  }

  /** Starts it on the same folder, and after the first time on the same port. */
  async start(): Promise<void> {
    this.#printed = [];
    const child = spawn(BINARY, [], {
      cwd: this.#folder,
      env: {
        ...ROOMY,
        PATH: process.env["PATH"],
        PORT: this.#port,
        GIFCHAT_DATA: join(this.#folder, "data"),
        ...this.#settings,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#log += text));
    const lines = createInterface({ input: child.stdout });
    lines.on("line", (line) => this.#printed.push(line));
    const started = once(lines, "line", { signal: AbortSignal.timeout(START_MS_MAX) });
    const ended = once(child, "exit").then(() => {
      throw new Error(`The server ended at its start:\n${this.#log}`);
    });
    await Promise.race([started, ended]);
    ended.catch(() => undefined);
    this.#port = new URL(this.#printed[0] ?? "").port;
    if (LAG_MS_MAX > 0) this.#slow ??= await SlowNetwork.to(Number(this.#port), LAG_MS_MAX);
  }

  /** Asks it to stop, as a service manager does, and waits until it has. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#child = undefined;
    const ended = once(child, "exit", { signal: AbortSignal.timeout(STOP_MS_MAX) });
    child.kill("SIGTERM");
    try {
      const [code, signal] = await ended;
      if (code !== 0) throw new Error(`The server ended with ${code ?? signal}:\n${this.#log}`);
    } catch (error) {
      child.kill("SIGKILL");
      throw error;
    }
    if (this.#printed.length !== 1) {
      throw new Error(`The server printed more than its address: ${this.#printed.join(" / ")}`);
    }
  }

  /** Ends it as a power cut of the process would: without a word, whatever it was doing. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#child = undefined;
    const ended = once(child, "exit", { signal: AbortSignal.timeout(STOP_MS_MAX) });
    child.kill("SIGKILL");
    await ended;
  }

  /**
   * Makes of the stopped server what a restored backup would be: another epoch, and without the newest
   * entries of each room.
   */
  async restoreWithout(newest: number): Promise<void> {
    const database = join(this.#folder, "data", "gif-chat.sqlite");
    await run("python3", ["-c", RESTORE, database, String(newest)]);
  }

  /** Stops it for good and removes what it kept. */
  async remove(): Promise<void> {
    try {
      await this.stop();
    } finally {
      this.#slow?.close();
      await rm(this.#folder, { recursive: true, force: true });
    }
  }
}
