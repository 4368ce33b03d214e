import { connect, createServer, type Server, type Socket } from "node:net";

/** Stands between a program and PostgreSQL, and cuts the line where a test wants it. */
export class CuttingProxy {
  /** Whether it lets new connections through. */
  isOpen = true;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #cutAt: { text: string; isPassedOn: boolean } | undefined;

  private constructor(target: URL) {
    const { port, hostname } = target;
    this.#server = createServer((client) => {
      if (!this.isOpen) {
        client.destroy();
        return;
      }
      const upstream = connect(Number(port), hostname);
      for (const socket of [client, upstream]) {
        this.#sockets.add(socket);
        socket.on("error", () => undefined);
        socket.on("close", () => {
          this.#sockets.delete(socket);
          client.destroy();
          upstream.end();
        });
      }
      upstream.on("data", (data) => client.write(data));
      client.on("data", (data) => {
        const cut = this.#cutAt;
        if (cut === undefined || !data.includes(cut.text)) {
          upstream.write(data);
          return;
        }
        this.#cutAt = undefined;
        if (cut.isPassedOn) upstream.write(data);
        client.destroy();
      });
    });
  }

  static async start(url: string): Promise<{ proxy: CuttingProxy; url: string }> {
    const target = new URL(url);
    const proxy = new CuttingProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    const address = proxy.#server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    target.port = String(address.port);
    return { proxy, url: target.href };
  }

  /** Cuts the line when the program next says this; the word itself arrives or is lost. */
  cutAt(text: string, { isPassedOn }: { isPassedOn: boolean }): void {
    this.#cutAt = { text, isPassedOn };
  }

  cutNow(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  stop(): void {
    this.cutNow();
    this.#server.close();
  }
}
