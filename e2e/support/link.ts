// A network between a page and the server that a test can cut and mend.

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

export class Link {
  readonly #target: number;
  readonly #listener: Server;
  readonly #sockets = new Set<Socket>();
  #whole = true;

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

  mend(): void {
    this.#whole = true;
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
    for (const [from, to] of [[near, far], [far, near]] as const) {
      this.#sockets.add(from);
      from.on("error", () => undefined);
      from.on("close", () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}
