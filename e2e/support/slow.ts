// A slow network in front of the server. A test that passes only on a fast one does not wait for what it asks about.

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

/** No two connections in a row are equally slow, so that visitors hear of the same thing far apart. */
const STEP_MS = 170;
/** A network holds only so many bytes; beyond, the server has to wait as for any slow reader. */
const ON_THE_WAY_MAX = 512 * 1_024;

export class SlowNetwork {
  readonly #target: number;
  readonly #lagMax: number;
  readonly #listener: Server;
  #connections = 0;

  private constructor(target: number, lagMax: number) {
    this.#target = target;
    this.#lagMax = lagMax;
    this.#listener = createServer((near) => this.#carry(near));
  }

  /** What the server at `port` says arrives up to `lagMax` milliseconds late. */
  static async to(port: number, lagMax: number): Promise<SlowNetwork> {
    const network = new SlowNetwork(port, lagMax);
    network.#listener.listen(0, "127.0.0.1");
    await once(network.#listener, "listening");
    return network;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  close(): void {
    this.#listener.close();
  }

  #carry(near: Socket): void {
    const lag = (this.#connections * STEP_MS) % this.#lagMax;
    this.#connections += 1;
    const far = connect(this.#target, "127.0.0.1");
    for (const [one, other] of [[near, far], [far, near]] as const) {
      one.on("error", () => other.destroy());
    }
    near.on("close", () => far.destroy());
    near.pipe(far);
    let onTheWay = 0;
    far.on("data", (bytes: Buffer) => {
      onTheWay += bytes.length;
      if (onTheWay > ON_THE_WAY_MAX) far.pause();
      setTimeout(() => {
        onTheWay -= bytes.length;
        if (near.write(bytes)) far.resume();
      }, lag);
    });
    near.on("drain", () => far.resume());
    far.on("end", () => void setTimeout(() => near.end(), lag));
  }
}
