// An HTTP long-polling client that does exactly what it is told. How the server groups packets into
// answers depends on the moment, so packets are written one by one, and an answer's status and
// headers only where they are not the usual ones.
import { exchange, start } from "./http.mjs";

export const ENDPOINT = "/socket.io/";
const SEPARATOR = "\x1e";
const SENTINEL = "/sentinel,";
const USUAL_ANSWER = {
  status: 200,
  headers: "cache-control: no-store; content-type: text/plain; charset=UTF-8",
};
const ROUNDS_MAX = 50;

export class Polling {
  constructor(port, lane) {
    this.port = port;
    this.lane = lane;
    this.sid = undefined;
    this.pending = [];
    this.over = false;
  }

  get path() {
    return `${ENDPOINT}?EIO=4&transport=polling&sid=${this.sid}`;
  }

  /** Opens a session; the open packet is not written, it has a scenario of its own. */
  async open() {
    const { body } = await exchange(this.port, "GET", `${ENDPOINT}?EIO=4&transport=polling`);
    this.sid = JSON.parse(body.slice(1)).sid;
    return this;
  }

  /** Sends packets in one body and takes the answer, which is only written when it is not `ok`. */
  async post(...packets) {
    return this.body(packets.join(SEPARATOR));
  }

  /** Sends any body. */
  async body(body, headers = { "content-type": "text/plain;charset=UTF-8" }) {
    this.lane.write(`> POST ${body}`);
    const answer = await exchange(this.port, "POST", this.path, { body, headers });
    this.answer("POST", answer);
    return answer;
  }

  answer(what, { status, headers, body }) {
    const usual =
      status === 200 &&
      body === "ok" &&
      headers === "cache-control: no-store; content-type: text/html";
    this.lane.write(
      usual ? `< ${what} ok` : `< ${what} ${status}; ${headers}; ${JSON.stringify(body)}`,
    );
  }

  startPoll() {
    return start(this.port, "GET", this.path);
  }

  /** Takes the packets of one answer; `lane.write`s them unless they are the sentinel's. */
  async poll() {
    this.#take(await this.startPoll().answered);
  }

  /** Takes the answer of a poll that was started before. */
  async finish(poll, what = "GET") {
    this.#take(await poll.answered, what);
  }

  /** Polls until the server has answered two further questions. */
  async settle() {
    for (let round = 0; round < 2 && !this.over; round += 1) {
      const { status } = await exchange(this.port, "POST", this.path, { body: `40${SENTINEL}` });
      if (status !== 200) {
        this.lane.write(`(session is over: POST ${status})`);
        await this.poll();
        this.over = true;
        return;
      }
      await this.#pollUntilSentinel();
    }
  }

  async #pollUntilSentinel() {
    this.sentinel = false;
    for (let round = 0; round < ROUNDS_MAX && !this.sentinel && !this.over; round += 1) {
      await this.poll();
    }
  }

  #take({ status, headers, body }, what = "GET") {
    if (status !== USUAL_ANSWER.status || headers !== USUAL_ANSWER.headers) {
      this.lane.write(`< ${what} ${status}; ${headers}; ${JSON.stringify(body)}`);
      this.over = status !== 200;
      return;
    }
    for (const packet of body.split(SEPARATOR)) {
      if (packet.startsWith(`44${SENTINEL}`)) {
        this.sentinel = true;
      } else {
        this.lane.write(`< ${packet}`);
        this.over ||= packet === "1";
      }
    }
  }
}
