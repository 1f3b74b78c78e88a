// What a scenario is given: clients whose lanes end up in its transcript, and that are gone when it
// is over.
import { exchange, start } from "./drivers/http.mjs";
import { Polling } from "./drivers/polling.mjs";
import { RawWebSocket } from "./drivers/web_socket.mjs";
import { pause, within } from "./drivers/deadline.mjs";
import { Official } from "./drivers/official.mjs";
import { Pieces } from "./drivers/pieces.mjs";
import { Transcript } from "./transcript.mjs";

export const WEBSOCKET = "/socket.io/?EIO=4&transport=websocket";
const SCENARIO_DEADLINE_MS = 20_000;
const ARRIVAL_MS = 250;

class Scenario {
  constructor(name, port) {
    this.name = name;
    this.port = port;
    this.transcript = new Transcript();
    this.closers = [];
  }

  /** A room of this scenario's own: all scenarios share one server. */
  get room() {
    return this.name.replaceAll(" ", "-");
  }

  lane(name) {
    return this.transcript.lane(name);
  }

  /** Something to undo when the scenario is over. */
  onEnd(close) {
    this.closers.push(close);
  }

  /** One HTTP exchange, written whole. */
  async http(lane, method, path, options) {
    lane.write(`> ${method} ${path}`);
    const { status, headers, body } = await exchange(this.port, method, path, options);
    lane.write(`< ${status}; ${headers}; ${JSON.stringify(body)}`);
  }

  startHttp(method, path, options) {
    return start(this.port, method, path, options);
  }

  /** Waits until the server has surely read what was sent, where no packet can tell. */
  arrived() {
    return pause(ARRIVAL_MS);
  }

  /** Lets the server's own time pass. */
  silence(milliseconds) {
    return pause(milliseconds);
  }

  /** Whether the server still lives. */
  async serverState() {
    const { status } = await exchange(this.port, "GET", "/socket.io/?EIO=4&transport=polling");
    return status === 200 ? "the server lives" : "the server is gone";
  }

  /** The official client. */
  official(transports, name = "client", options = {}) {
    const client = new Official(this.lane(name));
    client.transports = transports;
    client.open(this.port, transports, options);
    this.onEnd(() => client.close());
    return client;
  }

  /** Waits until an official client uses the WebSocket, where it will. */
  async upgradeDone(client) {
    if (client.transports.length > 1 && client.transport === "polling") {
      await within(
        new Promise((resolve) => client.socket.io.engine.once("upgrade", resolve)),
        "the upgrade",
      );
    }
  }

  /** `promise` before the deadline. */
  within(promise, what) {
    return within(promise, what);
  }

  /** A POST whose body comes in pieces. */
  async slowPost(path, length, beginning, name) {
    const client = new Pieces(this.lane(name));
    this.onEnd(() => client.drop());
    return client.open(
      this.port,
      `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: text/plain\r\n` +
        `content-length: ${length}\r\nconnection: close\r\n\r\n${beginning}`,
    );
  }

  /** A WebSocket after its HTTP answer, right or wrong. */
  async webSocket(name = "websocket", path = WEBSOCKET, options = {}) {
    const client = new RawWebSocket(this.lane(name));
    this.onEnd(() => client.drop());
    return client.open(this.port, path, options);
  }

  /** A WebSocket session whose open packet is taken. */
  async session(name = "websocket") {
    const client = await this.webSocket(name);
    await client.next();
    return client;
  }

  /** A WebSocket session that is connected to these namespaces. */
  async connected(name = "websocket", namespaces = ["/"]) {
    const client = await this.session(name);
    for (const namespace of namespaces) {
      client.quiet(`40${namespace === "/" ? "" : `${namespace},`}`);
      await client.next();
    }
    return client;
  }

  /** A polling session. */
  async polling(name = "polling") {
    return new Polling(this.port, this.lane(name)).open();
  }

  /** A polling session that is connected to `/`. */
  async pollingConnected(name = "polling") {
    const client = await this.polling(name);
    await exchange(this.port, "POST", client.path, { body: "40" });
    await exchange(this.port, "GET", client.path);
    return client;
  }

  /** The WebSocket that is to take over a polling session. */
  async upgrading(polling, name = "upgrade") {
    return this.webSocket(name, `${WEBSOCKET}&sid=${polling.sid}`);
  }
}

/** Runs one scenario against a server; what goes wrong is a line too. */
export async function play(name, run, port) {
  const scenario = new Scenario(name, port);
  try {
    await within(run(scenario), "the end of the scenario", SCENARIO_DEADLINE_MS);
  } catch (error) {
    scenario.lane("!").write(error.message);
  }
  const lines = scenario.transcript.lines();
  for (const close of scenario.closers) {
    close();
  }
  return lines;
}

/** One scenario for each entry of a table. */
export function forEach(table, title, run) {
  return Object.fromEntries(
    Object.entries(table).map(([name, value]) => [`${title}: ${name}`, (it) => run(it, value)]),
  );
}
