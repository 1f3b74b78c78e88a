// A network between a page and the server that a test can cut, deafen, stall and mend.

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export class Link {
  readonly #target: number;
  readonly #listener: Server;
  readonly #sockets = new Set<Socket>();
  readonly #fars = new Set<Socket>();
  #whole = true;
  #deaf = false;
  #stalled = false;

  private constructor(target: number) {
    this.#target = target;
    this.#listener = createServer((socket) => this.#carry(socket));
  }

  static async to(port: number): Promise<Link> {
    const link = new Link(port);
    link.#listener.listen(0, "127.0.0.1");
    await once(link.#listener, "listening");
    return link;
  }

  get url(): string {
    const { port } = this.#listener.address() as AddressInfo;
    return `http://localhost:${port}`;
  }

  /** Ends every connection and takes no new one. */
  cut(): void {
    this.#whole = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Whole again, whatever was done to it. */
  mend(): void {
    this.#whole = true;
    this.#deaf = false;
    this.#stalled = false;
    for (const far of this.#fars) far.resume();
  }

  /** What the page sends still arrives; what the server says is lost. */
  deafen(): void {
    this.#deaf = true;
  }

  /** What the page sends still arrives; what the server says waits on the way. */
  stall(): void {
    this.#stalled = true;
    for (const far of this.#fars) far.pause();
  }

  close(): void {
    this.cut();
    this.#listener.close();
  }

  #carry(near: Socket): void {
    if (!this.#whole) {
      near.destroy();
      return;
    }
    const far = connect(this.#target, "127.0.0.1");
    this.#fars.add(far);
    for (const [from, to] of [[near, far], [far, near]] as const) {
      this.#sockets.add(from);
      from.on("error", () => undefined);
      from.on("close", () => {
        this.#sockets.delete(from);
        this.#fars.delete(from);
        to.destroy();
      });
    }
    near.pipe(far);
    far.on("data", (bytes: Buffer) => {
      if (!this.#deaf && !near.write(bytes)) far.pause();
    });
    near.on("drain", () => {
      if (!this.#stalled) far.resume();
    });
    if (this.#stalled) far.pause();
  }
}
