// A WebSocket client that does exactly what it is told, right or wrong. What the server sent is
// written to the lane when the scenario takes it, so the order of lines is the scenario's.
import { connect } from "node:net";
import { BINARY, CLOSE, decodeFrame, encodeFrame, PING, PONG, TEXT } from "./frames.mjs";
import { DEADLINE_MS, pause, within } from "./deadline.mjs";
import { answerLines, isWhole } from "./answer.mjs";
import { shorten } from "../transcript.mjs";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const SENTINEL = "/sentinel,";

export class RawWebSocket {
  constructor(lane) {
    this.lane = lane;
    this.received = Buffer.alloc(0);
    this.head = undefined;
    this.events = [];
    this.wake = () => {};
    this.over = false;
    /** Answers heartbeats by itself, without a line. */
    this.answersPings = false;
  }

  /**
   * Connects and sends the upgrade request; `headers` replaces or (undefined) removes the usual
   * ones.
   */
  async open(port, path, { headers = {}, method = "GET", behind = "" } = {}) {
    this.socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.socket.on("data", (bytes) => this.#take(bytes));
    this.socket.on("error", () => {});
    this.socket.on("close", () => this.#push({ kind: "end" }));
    this.socket.write(
      Buffer.concat([Buffer.from(upgradeRequest(method, path, headers)), Buffer.from(behind)]),
    );
    await this.#until(() => this.head !== undefined || this.events.length > 0, "an answer");
    if (!this.head?.startsWith("HTTP/1.1 101")) {
      await this.#until(
        () => isWhole(this.head, this.received) || this.events.some(({ kind }) => kind === "end"),
        "the body",
      );
      this.drop();
      this.lane.write(`no upgrade: ${answerLines(this.head, this.received)}`);
      this.over = true;
    }
    return this;
  }

  /** Status and headers of the upgrade. */
  headLine() {
    return answerLines(this.head, Buffer.alloc(0));
  }

  text(text) {
    this.lane.write(`> ${shorten(text)}`);
    this.#send({ opcode: TEXT, payload: Buffer.from(text) });
  }

  /** Sends a text that every scenario sends: no line. */
  quiet(text) {
    this.#send({ opcode: TEXT, payload: Buffer.from(text) });
  }

  /** Sends a text in which `<id>` stands for an id of the server's choice. */
  textWithId(text, id) {
    this.lane.write(`> ${text}`);
    this.quiet(text.replace("<id>", id));
  }

  /** Sends several texts in one write. */
  bytesOfTexts(texts) {
    const frames = texts.map((text) => encodeFrame({ opcode: TEXT, payload: Buffer.from(text) }));
    this.bytes(texts.join(" and "), Buffer.concat(frames));
  }

  binary(payload) {
    this.lane.write(`> binary ${shorten(payload.toString("hex"))}`);
    this.#send({ opcode: BINARY, payload });
  }

  frame(what, frame) {
    this.lane.write(`> ${what}`);
    this.#send(frame);
  }

  bytes(what, bytes) {
    this.lane.write(`> ${what}`);
    this.socket.write(bytes);
  }

  /** Takes the next `count` things the server sends. */
  async expect(count = 1) {
    for (let taken = 0; taken < count && !this.over; taken += 1) {
      await this.#until(() => this.events.length > 0, "a frame");
      this.#note(this.events.shift());
    }
  }

  /** Takes the next text without a line in the transcript. */
  async next() {
    await this.#until(() => this.events.length > 0, "a frame");
    const event = this.events.shift();
    this.over = event.kind === "end";
    return event;
  }

  /** Takes all that comes until the connection is over. */
  async end() {
    while (!this.over) {
      await this.expect();
    }
  }

  /**
   * Takes all that comes until the server has answered two further questions: nothing is under way
   * then.
   */
  async settle() {
    for (let round = 0; round < 2 && !this.over; round += 1) {
      this.#send({ opcode: TEXT, payload: Buffer.from(`40${SENTINEL}`) });
      await this.#untilSentinel();
    }
  }

  /** Takes what comes until the connection is over, or for this time; for silence. */
  async during(milliseconds) {
    await this.#endOr(pause(milliseconds));
    await this.expect(this.events.length);
    if (!this.over) {
      this.lane.write("(still open)");
    }
  }

  drop() {
    this.socket.destroy();
  }

  /** Ends our half of the TCP connection. */
  finish() {
    this.lane.write("> tcp end");
    this.socket.end();
  }

  async #untilSentinel() {
    while (!this.over) {
      await this.#until(() => this.events.length > 0, "the sentinel");
      const event = this.events.shift();
      if (event.kind === "text" && event.text.startsWith(`44${SENTINEL}`)) {
        return;
      }
      this.#note(event);
    }
  }

  #note(event) {
    if (event.kind === "end") {
      this.over = true;
      this.lane.write("< tcp end");
    } else {
      this.lane.write(`< ${event.text}`);
    }
  }

  #send(frame) {
    if (!this.socket.destroyed) {
      this.socket.write(encodeFrame(frame));
    }
  }

  #take(bytes) {
    this.received = Buffer.concat([this.received, bytes]);
    if (this.head === undefined) {
      const end = this.received.indexOf("\r\n\r\n");
      if (end < 0) {
        return;
      }
      this.head = this.received.subarray(0, end).toString("latin1");
      this.received = this.received.subarray(end + 4);
    }
    if (this.head.startsWith("HTTP/1.1 101")) {
      this.#takeFrames();
    }
    this.wake();
  }

  #takeFrames() {
    for (;;) {
      if (this.received.toString("latin1", 0, 5) === "HTTP/") {
        this.#push({ kind: "other", text: `an HTTP answer: ${this.received.toString("latin1")}` });
        this.received = Buffer.alloc(0);
      }
      const frame = decodeFrame(this.received);
      if (frame === undefined) {
        return;
      }
      this.received = frame.rest;
      if (this.answersPings && frame.opcode === TEXT && frame.payload.toString() === "2") {
        this.quiet("3");
      } else {
        this.#push(this.#eventOf(frame));
      }
    }
  }

  #eventOf({ opcode, payload, masked, final }) {
    const odd = `${masked ? " masked!" : ""}${final ? "" : " fragment!"}`;
    if (opcode === TEXT) {
      return { kind: "text", text: payload.toString("utf8") + odd };
    }
    if (opcode === CLOSE) {
      this.#answerClose(payload);
      const code = payload.length < 2 ? "without a code" : payload.readUInt16BE(0);
      return {
        kind: "close",
        text: `close frame ${code} ${JSON.stringify(payload.toString("utf8", 2))}${odd}`,
      };
    }
    const name = { [BINARY]: "binary", [PING]: "ping frame", [PONG]: "pong frame" }[opcode];
    return {
      kind: "other",
      text: `${name ?? `opcode ${opcode}`} ${payload.toString("hex")}${odd}`,
    };
  }

  #answerClose(payload) {
    if (this.silent !== true && !this.socket.destroyed) {
      this.socket.end(encodeFrame({ opcode: CLOSE, payload }));
    }
  }

  #push(event) {
    this.events.push(event);
    this.wake();
  }

  /** Until the server has ended the connection, or `other` is there. */
  async #endOr(other) {
    let late = false;
    const timer = other.then(() => {
      late = true;
      this.wake();
    });
    while (!late && !this.events.some(({ kind }) => kind === "end")) {
      await Promise.race([
        timer,
        new Promise((resolve) => {
          this.wake = resolve;
        }),
      ]);
    }
  }

  async #until(condition, what) {
    while (!condition()) {
      await within(
        new Promise((resolve) => {
          this.wake = resolve;
        }),
        `${what} (${this.lane.name})`,
        DEADLINE_MS,
      );
    }
  }
}

function upgradeRequest(method, path, headers) {
  const all = {
    host: "127.0.0.1",
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": KEY,
    ...headers,
  };
  const lines = Object.entries(all)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`;
}
