import { useInfiniteQuery } from "@tanstack/react-query";
import { useRef, useState, type KeyboardEvent } from "react";
import { useAddress } from "../../client/navigation.ts";
import { useLive } from "../../client/use-live.ts";
import { ObjectLink } from "../../ui/object-link.tsx";
import { t } from "../../ui/text.ts";
import { directoriesQuery, type TreeNode } from "./api.ts";
import styles from "./tree.module.css";

/** The directories, opened one by one; the way to the shown object is open. Arrow keys walk in it. */
export function Tree({ current }: { current: string }) {
  const root = useRef<HTMLUListElement>(null);
  return (
    <ul ref={root} className={styles.level} onKeyDown={(event) => walk(event, root.current)}>
      <li>
        <ObjectLink path="/" className={styles.link} isCurrent={current === "/"}>
          /
        </ObjectLink>
        <Level path="/" current={current} />
      </li>
    </ul>
  );
}

function Level({ path, current }: { path: string; current: string }) {
  const asOf = useAddress().params.get("as-of") ?? undefined;
  const query = useInfiniteQuery(directoriesQuery(path, asOf));
  useLive(`objects${path}`, () => void query.refetch());
  const nodes = (query.data?.pages ?? [])
    .flatMap((page) => page.items)
    // Processes have a place of their own.
    .filter((node) => node.path !== "/process");
  return (
    <ul className={styles.level}>
      {nodes.map((node) => (
        <Branch key={node.path} node={node} current={current} />
      ))}
      {query.hasNextPage && (
        <li className={styles.leaf}>
          <button type="button" className={styles.more} onClick={() => void query.fetchNextPage()}>
            {t("app.more")}
          </button>
        </li>
      )}
    </ul>
  );
}

function Branch({ node, current }: { node: TreeNode; current: string }) {
  const isOnTheWay = current === node.path || current.startsWith(`${node.path}/`);
  // What was opened or closed by hand stays so; else the way to the shown object is open.
  const [choice, setChoice] = useState<boolean>();
  const isOpen = choice ?? isOnTheWay;
  return (
    <li>
      <span className={styles.branch}>
        <button
          type="button"
          className={styles.toggle}
          aria-expanded={isOpen}
          aria-label={node.name}
          onClick={() => setChoice(!isOpen)}
        />
        <ObjectLink path={node.path} className={styles.link} isCurrent={current === node.path}>
          {node.name}
        </ObjectLink>
      </span>
      {isOpen && <Level path={node.path} current={current} />}
    </li>
  );
}

/** Up and down to the next link, right and left to open and close. */
function walk(event: KeyboardEvent, root: HTMLElement | null): void {
  if (root === null || !(event.target instanceof HTMLElement)) return;
  const links = [...root.querySelectorAll<HTMLElement>("a")];
  const row = event.target.closest("li");
  const link = row?.querySelector<HTMLElement>("a");
  const toggle = row?.querySelector<HTMLElement>(":scope > span > button");
  const at = links.findIndex((each) => each === link);
  const isOpen = toggle?.getAttribute("aria-expanded") === "true";
  switch (event.key) {
    case "ArrowDown":
      links[at + 1]?.focus();
      break;
    case "ArrowUp":
      links[at - 1]?.focus();
      break;
    case "ArrowRight":
      if (isOpen) links[at + 1]?.focus();
      else toggle?.click();
      break;
    case "ArrowLeft":
      if (isOpen) toggle?.click();
      else row?.parentElement?.closest("li")?.querySelector<HTMLElement>("a")?.focus();
      break;
    default:
      return;
  }
  event.preventDefault();
}
