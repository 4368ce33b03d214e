import type { FastifyInstance } from "fastify";
import {
  gauge,
  Histogram,
  histogram,
  secondsBounds,
  type Figure,
  type HistogramSample,
} from "#kernel";

/** What the gateway counts: requests by route, never by address, so that nobody can make it count without bound. */
export class RequestFigures {
  readonly #seconds = new Map<string, { labels: Record<string, string>; histogram: Histogram }>();
  #open = 0;

  /** Counts every request that Fastify sees. */
  watch(app: FastifyInstance): void {
    app.addHook("onRequest", async () => {
      this.#open += 1;
    });
    app.addHook("onResponse", async ({ method, routeOptions }, { statusCode, elapsedTime }) => {
      this.#open -= 1;
      this.#observe(method, routeOptions.url ?? "none", statusCode, elapsedTime / 1000);
    });
  }

  list(sockets: number): Figure[] {
    const samples = Array.from(
      this.#seconds.values(),
      ({ labels, histogram: each }): HistogramSample => each.sample(labels),
    );
    return [
      histogram("tsunagi_http_request_seconds", "Requests, from head to answer.", samples),
      gauge("tsunagi_http_requests_open", "Requests that are being answered.", this.#open),
      gauge("tsunagi_websockets_open", "Live pages and job managers.", sockets),
    ];
  }

  #observe(method: string, route: string, status: number, seconds: number): void {
    const key = `${method} ${route} ${status}`;
    let known = this.#seconds.get(key);
    if (known === undefined) {
      const labels = { method, route, status: String(status) };
      known = { labels, histogram: new Histogram(secondsBounds) };
      this.#seconds.set(key, known);
    }
    known.histogram.observe(seconds);
  }
}
