/** The loops of the bench `machine`, each written three times: all three give the same number. */
export interface Loop {
  name: string;
  rounds: number;
  jobflow: string;
  javascript: (rounds: number) => number;
  lua: string;
}

const modulus = 1_000_003;

export const loops: readonly Loop[] = [
  {
    name: "arithmetic",
    rounds: 500_000,
    jobflow: `|rounds|
[sum = 0] -> { for i in range(rounds) | [sum = (sum * 3 + i - 1) % ${modulus}] } -> return(sum)`,
    javascript(rounds) {
      let sum = 0;
      for (let i = 0; i < rounds; i += 1) sum = (sum * 3 + i - 1) % modulus;
      return sum;
    },
    lua: `local rounds = ...
local sum = 0
for i = 0, rounds - 1 do sum = (sum * 3 + i - 1) % ${modulus} end
return sum`,
  },
  {
    name: "calls",
    rounds: 200_000,
    jobflow: `|rounds|
[add = {|a, b| return((a + b) % ${modulus})}, sum = 0]
-> { for i in range(rounds) | [add: sum, i] -> [sum = $RESULT] } -> return(sum)`,
    javascript(rounds) {
      const add = (a: number, b: number): number => (a + b) % modulus;
      let sum = 0;
      for (let i = 0; i < rounds; i += 1) sum = add(sum, i);
      return sum;
    },
    lua: `local rounds = ...
local add = function(a, b) return (a + b) % ${modulus} end
local sum = 0
for i = 0, rounds - 1 do sum = add(sum, i) end
return sum`,
  },
  {
    name: "texts",
    rounds: 200_000,
    jobflow: `|rounds|
[size = 0] -> { for i in range(rounds) | [line = "host-$i is up"] -> [size = size + length(line)] } -> return(size)`,
    javascript(rounds) {
      let size = 0;
      for (let i = 0; i < rounds; i += 1) {
        const line = `host-${i} is up`;
        size += line.length;
      }
      return size;
    },
    lua: `local rounds = ...
local size = 0
for i = 0, rounds - 1 do
  local line = "host-" .. i .. " is up"
  size = size + #line
end
return size`,
  },
  {
    name: "dictionaries",
    rounds: 400_000,
    jobflow: `|rounds|
[host = {name: 'web01', port: 22, load: 7}, key = 'load', sum = 0]
-> { for i in range(rounds) | [sum = (sum + host.port * host[key]) % ${modulus}] } -> return(sum)`,
    javascript(rounds) {
      const host = new Map<string, string | number>([
        ["name", "web01"],
        ["port", 22],
        ["load", 7],
      ]);
      const key = "load";
      let sum = 0;
      for (let i = 0; i < rounds; i += 1)
        sum = (sum + (host.get("port") as number) * (host.get(key) as number)) % modulus;
      return sum;
    },
    lua: `local rounds = ...
local host = {name = "web01", port = 22, load = 7}
local key = "load"
local sum = 0
for i = 0, rounds - 1 do sum = (sum + host.port * host[key]) % ${modulus} end
return sum`,
  },
];
