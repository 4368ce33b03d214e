/**
 * The web service of the demo: a program of its own, so that it can really be killed and started again.
 *
 *   node web-service.ts PORT PIDFILE
 */
import { rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";

const [port = "0", pidFile = "web.pid"] = process.argv.slice(2);

const server = createServer((_request, response) => {
  response.setHeader("content-type", "text/plain").end("It works!\n");
});

server.listen(Number(port), "127.0.0.1", () => writeFileSync(pidFile, `${process.pid}\n`));

process.on("SIGTERM", () => {
  rmSync(pidFile, { force: true });
  process.exit();
});
