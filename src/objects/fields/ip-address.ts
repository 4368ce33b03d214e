import ip from "ipaddr.js";
import type { FieldKind } from "../field-kind.ts";
import { ValueFault } from "../field-value.ts";
import type { Json } from "../json.ts";
import { isOneOf } from "../option-checks.ts";
import { compareText } from "./string.ts";

/** The option of kinds that hold addresses: only those of IP version 4, or of 6. */
export const versionOption = { version: isOneOf("4", "6") };

/**
 * An address of IP version 4 or 6, kept in its one canonical text (RFC 5952), so that `2001:DB8:0::1` and `2001:db8::1` are the
 * same. Octets with leading zeros are refused: some read them as octal numbers.
 */
export const ipAddress: FieldKind = {
  name: "ip address",
  widget: "ip address",
  options: versionOption,
  takesDefault: true,
  isText: true,
  parse(input, { version }) {
    const address = typeof input === "string" ? parseAddress(input) : undefined;
    if (address === undefined || !isOfVersion(address, version)) {
      if (version === "4") throw new ValueFault("an IPv4 address such as 192.0.2.1");
      if (version === "6") throw new ValueFault("an IPv6 address such as 2001:db8::1");
      throw new ValueFault("an IP address such as 192.0.2.1");
    }
    return addressText(address);
  },
  compare: (a, b) => compareText(addressKey(a), addressKey(b)),
  index: addressKey,
};

export type Address = ReturnType<typeof ip.parse>;

/** The address that a text is, or undefined; a zone (`%eth0`) means something on one host only, and is none. */
export function parseAddress(text: string): Address | undefined {
  // The library takes three times as long for what is most of all addresses.
  if (/^(?:(?:0|[1-9]\d{0,2})(?:\.|$)){4}$/.test(text) && !text.endsWith(".")) {
    const octets = text.split(".").map(Number);
    return octets.every((octet) => octet <= 255) ? new ip.IPv4(octets) : undefined;
  }
  return ip.IPv6.isValid(text) && !text.includes("%") ? ip.IPv6.parse(text) : undefined;
}

export function isOfVersion(address: Address, version: Json | undefined): boolean {
  return version === undefined || address.kind() === (version === "4" ? "ipv4" : "ipv6");
}

export function addressText(address: Address): string {
  return address instanceof ip.IPv6 ? address.toRFC5952String() : address.toString();
}

/** A text whose order is that of the addresses: version 4 before 6, then by number. */
export function addressKey(stored: Json): string {
  const address = ip.parse(typeof stored === "string" ? stored : "");
  const hex = address.toByteArray().map((byte) => byte.toString(16).padStart(2, "0"));
  return `${address.kind() === "ipv4" ? "4" : "6"}:${hex.join("")}`;
}
