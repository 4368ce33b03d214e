import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

test.each([
  ["hots", ["port", "host", "user"], "host"],
  ["Servr", ["Server", "Script"], "Server"],
  ["server", ["Script", "Server"], "Server"],
  ["サバー", ["サーバー", "ルータ"], "サーバー"],
  ["pasword", ["password", "passphrase"], "password"],
  ["completely", ["different", "names"], undefined],
  ["x", [], undefined],
])("nearest of %s in %j is %s", (name, candidates, expected) => {
  expect(nearest(name, candidates)).toBe(expected);
});
