import { Anchor } from "@mantine/core";
import type { MouseEvent, ReactNode } from "react";
import { hrefOf, navigate, useAddress, type Params } from "../client/navigation.ts";

interface Props {
  path: string;
  /** Parameters of the address, such as the view. */
  params?: Params;
  className?: string | undefined;
  isCurrent?: boolean;
  title?: string;
  children: ReactNode;
}

/** A link to an object, or to a page such as `/.search`; it stays in the moment that is looked at. */
export function ObjectLink({ path, params, className, isCurrent, title, children }: Props) {
  // The moment stands in the address.
  useAddress();
  const href = hrefOf(path, params);
  return (
    <Anchor
      href={href}
      onClick={(event) => follow(event, href)}
      inherit
      {...(title === undefined ? {} : { title })}
      {...(className === undefined ? {} : { className })}
      aria-current={isCurrent === true ? "page" : undefined}
    >
      {children}
    </Anchor>
  );
}

/** Goes there without loading the application again, unless another tab is asked for. */
export function follow(event: MouseEvent, href: string): void {
  const isPlain =
    event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
  if (!isPlain) return;
  event.preventDefault();
  navigate(href);
}
