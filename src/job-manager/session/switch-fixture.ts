import { once } from "node:events";
import type { AddressInfo } from "node:net";
import ssh2, { type Connection, type ServerChannel } from "ssh2";

const { Server, utils } = ssh2;

/**
 * For tests: a network device behind SSH. It has a banner, a prompt with a mode, `enable` with a password, pages of four
 * lines whose question it erases, output in pieces with a line that looks like a prompt, and it repeats what is typed.
 */
export interface SwitchFixture {
  port: number;
  /** What was typed, in order; passwords, too. */
  typed: string[];
  /** Channels that are open. */
  open(): number;
  /** Cuts all connections. */
  cut(): void;
  stop(): void;
}

export const switchLogin = { user: "ops", password: "secret" };

export async function startSwitch(): Promise<SwitchFixture> {
  const { private: hostKey } = utils.generateKeyPairSync("ed25519");
  const clients = new Set<Connection>();
  const typed: string[] = [];
  let open = 0;
  const server = new Server({ hostKeys: [hostKey], ident: "Switch_1.0" }, (client) => {
    clients.add(client);
    client.on("error", () => {});
    client.on("close", () => clients.delete(client));
    client.on("authentication", (context) => {
      const isRight = context.method === "password" && context.password === switchLogin.password;
      if (isRight && context.username === switchLogin.user) context.accept();
      else context.reject(["password"]);
    });
    client.on("session", (accept) => {
      const session = accept();
      session.on("pty", (acceptPty) => acceptPty?.());
      session.on("shell", (acceptShell) => {
        const channel = acceptShell();
        open += 1;
        channel.on("close", () => (open -= 1));
        new Device(channel, typed).greet();
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    typed,
    open: () => open,
    cut() {
      for (const client of clients) client.end();
    },
    stop() {
      for (const client of clients) client.end();
      server.close();
    },
  };
}

class Device {
  readonly #channel: ServerChannel;
  readonly #typed: string[];
  #mode = ">";
  #line = "";
  #isPassword = false;
  #page: string[] = [];

  constructor(channel: ServerChannel, typed: string[]) {
    this.#channel = channel;
    this.#typed = typed;
    channel.on("data", (bytes: Buffer) => {
      for (const character of bytes.toString()) this.#key(character);
    });
  }

  greet(): void {
    this.#print("\r\n*** Authorized use only # ***\r\n\r\n");
    this.#prompt();
  }

  #key(character: string): void {
    if (this.#page.length > 0) return this.#nextPage();
    if (character !== "\n" && character !== "\r") {
      if (!this.#isPassword) this.#print(character);
      this.#line += character;
      return;
    }
    this.#print("\r\n");
    const line = this.#line;
    this.#line = "";
    this.#typed.push(line);
    if (this.#isPassword) this.#enter(line);
    else this.#run(line);
  }

  #enter(password: string): void {
    this.#isPassword = false;
    if (password === "high") this.#mode = "#";
    else this.#print("% Access denied\r\n");
    this.#prompt();
  }

  #run(line: string): void {
    switch (line) {
      case "enable":
        this.#isPassword = true;
        this.#print("Password: ");
        return;
      case "show run":
        this.#page = Array.from({ length: 10 }, (_, n) => `line ${n + 1}`);
        this.#nextPage(true);
        return;
      case "show slow":
        // The first piece looks like a prompt, and the rest comes later.
        this.#pieces(["Port Gi0/1 #", "4 is up\r\n", "done", "\r\n"]);
        return;
      case "hang":
        this.#print("working");
        return;
      case "exit":
        this.#print("Bye\r\n");
        this.#channel.exit(0);
        this.#channel.end();
        return;
      default:
        if (line !== "") this.#print(`% Unknown command: \u001b[1m${line}\u001b[0m\r\n`);
        this.#prompt();
    }
  }

  #nextPage(isFirst = false): void {
    // As devices do: the question is written over with blanks.
    if (!isFirst) this.#print("\b".repeat(10) + " ".repeat(10) + "\b".repeat(10));
    for (const line of this.#page.splice(0, 4)) this.#print(`${line}\r\n`);
    if (this.#page.length > 0) this.#print(" --More-- ");
    else this.#prompt();
  }

  #pieces(pieces: string[]): void {
    const [piece, ...rest] = pieces;
    if (piece === undefined) return this.#prompt();
    this.#print(piece);
    setTimeout(() => this.#pieces(rest), 70);
  }

  #prompt(): void {
    this.#print(`sw1${this.#mode}`);
  }

  #print(text: string): void {
    this.#channel.write(text);
  }
}
