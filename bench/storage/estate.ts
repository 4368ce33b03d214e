/**
 * An estate to fill a storage with, the same at every run: nodes in racks at sites, skewed as real ones are (a few roles are
 * most of them), a quarter of the texts in Japanese. Everything is made from its number, so that nothing is kept.
 */
export interface Node {
  name: string;
  directory: number;
  host: string;
  serial: string;
  vendor: string;
  model: string;
  os: string;
  contact: string;
  note: string;
  description: string;
  status: string;
  role: string;
  stage: string;
  cores: number;
  memory: number;
  price: number;
  bought: string;
  expires: string;
  address: string;
  tags: string[];
  rack: number;
  service: number;
  backup: number;
}

export const directories = 50;
export const groups = 20;
export const sites = 20;
export const racks = 1000;
export const services = 200;

export const statuses = ["up", "down", "spare", "retired"];
export const stages = ["production", "staging", "development"];
export const roles = Array.from({ length: 40 }, (_, index) => `role${index}`);
const cores = [2, 4, 8, 16, 32, 64, 96, 128];
const words =
  "server database backup network storage primary secondary cluster legacy customer billing payment".split(
    " ",
  );
const japanese =
  "東京 大阪 名古屋 本番 検証 予備 顧客 請求 決済 監視 データベース サーバ ネットワーク 保守".split(
    " ",
  );

/** Where a node is, without the rest of it. */
export function placeOf(number: number): { name: string; directory: number } {
  const random = randomFrom(number + 1);
  return { name: nameOf(number), directory: Math.floor(random() * directories) };
}

/** A node by its number. */
export function nodeAt(number: number): Node {
  const random = randomFrom(number + 1);
  const text = (count: number): string => {
    const isJapanese = random() < 0.25;
    const from = isJapanese ? japanese : words;
    return Array.from({ length: count }, () => pick(from, random)).join(isJapanese ? "" : " ");
  };
  const day = (): string =>
    new Date(Date.UTC(2018, 0, 1) + Math.floor(random() * 3000) * 86_400_000)
      .toISOString()
      .slice(0, 10);
  const name = nameOf(number);
  return {
    name,
    directory: Math.floor(random() * directories),
    host: `${name.slice("node-".length)}.example.com`,
    serial: `SN${Math.floor(random() * 1e9)}`,
    vendor: `vendor${zipf(12, random)}`,
    model: `model ${zipf(200, random)}`,
    os: `os ${zipf(8, random)}`,
    contact: `team${zipf(30, random)}@example.com`,
    note: text(4),
    description: text(8),
    status: statuses[zipf(statuses.length, random)] ?? "up",
    role: roles[zipf(roles.length, random)] ?? "role0",
    stage: stages[zipf(stages.length, random)] ?? "production",
    cores: cores[zipf(cores.length, random)] ?? 2,
    memory: 2 ** zipf(10, random),
    price: Math.round(random() * 1e6) / 100,
    bought: day(),
    expires: day(),
    address: `10.${Math.floor(number / 65_536) % 256}.${Math.floor(number / 256) % 256}.${number % 256}`,
    tags: [pick(words, random), pick(words, random)],
    rack: Math.floor(random() * racks),
    service: zipf(services, random),
    backup: Math.floor(random() * racks),
  };
}

function nameOf(number: number): string {
  return `node-${number.toString(36).padStart(6, "0")}`;
}

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A number below `count`, the small ones by far the most frequent. */
export function zipf(count: number, random: () => number): number {
  return Math.min(count - 1, Math.floor((count + 1) ** random()) - 1);
}

export function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)] as T;
}
