import { Anchor } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import type { MouseEvent, ReactNode } from "react";
import { addressOfPath } from "../client/address.ts";

interface Props {
  path: string;
  /** Such as `?view=edit`. */
  search?: string;
  className?: string | undefined;
  isCurrent?: boolean;
  children: ReactNode;
}

/**
 * A link to an object. The router's own links take `$name` in an address for a parameter; names of objects may
 * hold anything, so the address goes to the history as it is.
 */
export function ObjectLink({ path, search = "", className, isCurrent, children }: Props) {
  const href = addressOfPath(path) + search;
  const { history } = useRouter();
  const follow = (event: MouseEvent) => {
    const isPlain =
      event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!isPlain) return;
    event.preventDefault();
    history.push(href);
  };
  return (
    <Anchor
      href={href}
      onClick={follow}
      inherit
      {...(className === undefined ? {} : { className })}
      aria-current={isCurrent === true ? "page" : undefined}
    >
      {children}
    </Anchor>
  );
}
