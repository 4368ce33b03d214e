/**
 * Events: what the server itself exchanges with the world outside. It gives the effect of `urlopen`; a request leaves at
 * most once, and one whose fate is unknown is never sent again. It does not run commands: that is `remote`.
 */
export { UrlOpen } from "./url-open.ts";
