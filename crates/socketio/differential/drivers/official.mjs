// The official JavaScript client. What it hears goes into its lane as it comes; a scenario waits
// for what it expects.
import { io } from "socket.io-client";
import { DEADLINE_MS, within } from "./deadline.mjs";

export class Official {
  constructor(lane) {
    this.lane = lane;
    this.heard = [];
    this.wake = () => {};
  }

  /** Opens `namespace` with these options of the client. */
  open(port, transports, { namespace = "/", ...options } = {}) {
    this.socket = io(`http://127.0.0.1:${port}${namespace}`, {
      transports,
      forceNew: true,
      reconnection: false,
      timeout: DEADLINE_MS,
      ...options,
    });
    return this.#listen();
  }

  /** Another namespace on the connection of this client. */
  also(lane, namespace, options = {}) {
    const other = new Official(lane);
    other.socket = this.socket.io.socket(namespace, options);
    return other.#listen();
  }

  /** Waits until this was heard, in any order; `what` is the beginning of a line. */
  async hears(what) {
    while (!this.heard.some((line) => line.startsWith(what))) {
      await within(
        new Promise((resolve) => {
          this.wake = resolve;
        }),
        `${what} (${this.lane.name})`,
      );
    }
    return this;
  }

  /** Asks and writes the answer. */
  async ask(name, ...sent) {
    const answer = await within(
      new Promise((resolve) => this.socket.emit(name, ...sent, (...answers) => resolve(answers))),
      `the ack of ${name}`,
    );
    this.lane.write(`ack of ${name}: ${shown(answer)}`);
  }

  /** Waits until the server has answered two further questions. */
  async settle() {
    for (let round = 0; round < 2 && this.socket.connected; round += 1) {
      await within(this.socket.emitWithAck("echo", "settled"), "the last answer");
    }
  }

  /** The transport in use. */
  get transport() {
    return this.socket.io.engine.transport.name;
  }

  close() {
    this.socket.io.reconnection(false);
    this.socket.disconnect();
    this.socket.io.engine?.close();
  }

  #listen() {
    this.socket.on("connect", () => this.#note("connect"));
    this.socket.on("connect_error", (error) =>
      this.#note(`connect_error ${error.message} ${shown(error.data)}`),
    );
    this.socket.on("disconnect", (reason) => this.#note(`disconnect ${reason}`));
    this.socket.onAny((name, ...received) => {
      if (name !== "tick" && name !== "question") {
        this.#note(`${name} ${shown(received)}`);
      }
    });
    return this;
  }

  #note(line) {
    this.lane.write(line);
    this.heard.push(line);
    this.wake();
  }
}

/** Values as JSON, bytes as hexadecimal digits. */
export function shown(value) {
  return JSON.stringify(value, (_key, part) => {
    if (part?.type === "Buffer") {
      return `bytes ${Buffer.from(part.data).toString("hex")}`;
    }
    return part instanceof ArrayBuffer ? `bytes ${Buffer.from(part).toString("hex")}` : part;
  });
}
