import ip from "ipaddr.js";
import type { FieldKind } from "../field-kind.ts";
import { ValueFault } from "../field-value.ts";
import type { Json } from "../json.ts";
import { addressKey, addressText, isOfVersion, parseAddress, versionOption } from "./ip-address.ts";
import { compareText } from "./string.ts";

/** A network as `address/length`, kept in its canonical text. Bits behind the length are refused: most often they are a mistake. */
export const network: FieldKind = {
  name: "network",
  widget: "network",
  options: versionOption,
  takesDefault: true,
  isText: true,
  parse(input, { version }) {
    const expected = `a network such as ${version === "6" ? "2001:db8::/32" : "192.0.2.0/24"}`;
    const match = typeof input === "string" ? /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(input) : null;
    const address = parseAddress(match?.[1] ?? "");
    const length = Number(match?.[2]);
    const bits = address?.kind() === "ipv4" ? 32 : 128;
    if (address === undefined || length > bits || !isOfVersion(address, version))
      throw new ValueFault(expected);
    const family = address.kind() === "ipv4" ? ip.IPv4 : ip.IPv6;
    const base = family.networkAddressFromCIDR(`${addressText(address)}/${length}`);
    if (addressText(base) !== addressText(address)) {
      throw new ValueFault(
        `the network itself, ${addressText(base)}/${length}, not an address in it`,
      );
    }
    return `${addressText(base)}/${length}`;
  },
  compare: (a, b) => compareText(networkKey(a), networkKey(b)),
  index: networkKey,
};

/** A text whose order is that of the networks: by address, the larger network first. */
function networkKey(stored: Json): string {
  const [address = "", length = ""] = typeof stored === "string" ? stored.split("/") : [];
  return `${addressKey(address)}/${length.padStart(3, "0")}`;
}
