// Starts the servers under test: a command, once for each variant of its configuration.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { within } from "./drivers/deadline.mjs";

const START_DEADLINE_MS = 20_000;

/** What differs from the usual configuration, by variant. */
export const VARIANTS = {
  usual: [],
  heartbeat: ["--ping-interval=300", "--ping-timeout=1000"],
  impatient: ["--connect-timeout=500", "--attachments-timeout=500"],
};

export const REFERENCE = [process.execPath, new URL("reference.mjs", import.meta.url).pathname];

export class Server {
  /** Starts `command` and waits for the port it prints. */
  static async start(command, variant) {
    const server = new Server();
    const [program, ...parameters] = command;
    server.process = spawn(program, [...parameters, ...VARIANTS[variant]], {
      stdio: ["pipe", "pipe", "pipe"],
    });
    server.stderr = "";
    server.process.stderr.on("data", (text) => {
      server.stderr = (server.stderr + text).slice(-4_000);
    });
    server.exited = new Promise((resolve) => {
      server.process.on("exit", (code, signal) => resolve(signal ?? code));
    });
    const lines = createInterface({ input: server.process.stdout });
    const port = new Promise((resolve, reject) => {
      lines.once("line", (line) => resolve(Number(line)));
      server.process.once("error", reject);
      server.exited.then((code) =>
        reject(new Error(`the server ended with ${code}: ${server.stderr}`)),
      );
    });
    server.port = await within(port, `the port of ${program}`, START_DEADLINE_MS);
    return server;
  }

  /** Ends it by the end of its standard input; resolves to its exit code. */
  async stop() {
    this.process.stdin.on("error", () => {}).end();
    return within(this.exited, "the server's end");
  }
}
