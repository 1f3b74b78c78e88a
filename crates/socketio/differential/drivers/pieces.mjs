// An HTTP request that is sent byte by byte as the scenario says.
import { connect } from "node:net";
import { within } from "./deadline.mjs";
import { answerLines } from "./answer.mjs";

export class Pieces {
  constructor(lane) {
    this.lane = lane;
    this.received = Buffer.alloc(0);
  }

  async open(port, beginning) {
    this.socket = connect({ port, host: "127.0.0.1", noDelay: true });
    this.socket.on("error", () => {});
    this.socket.on("data", (bytes) => {
      this.received = Buffer.concat([this.received, bytes]);
    });
    this.ended = new Promise((resolve) => this.socket.once("close", resolve));
    this.socket.write(beginning);
    return this;
  }

  bytes(what, bytes) {
    this.lane.write(`> ${what}`);
    if (!this.socket.destroyed) {
      this.socket.write(bytes);
    }
  }

  /** Writes what the server has answered by now. */
  note() {
    const end = this.received.indexOf("\r\n\r\n");
    if (end < 0) {
      this.lane.write(`< ${this.socket.destroyed ? "tcp end without an answer" : "no answer yet"}`);
      return;
    }
    const head = this.received.subarray(0, end).toString("latin1");
    this.lane.write(`< ${answerLines(head, this.received.subarray(end + 4))}`);
  }

  /** Waits for the end of the connection and writes the answer. */
  async closed() {
    await within(this.ended, `the end of ${this.lane.name}`);
    this.note();
  }

  drop() {
    this.socket.destroy();
  }
}
