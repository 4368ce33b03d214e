import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ObjectDocument } from "#contract";
import { useLive } from "../../client/use-live.ts";
import { ObjectLink } from "../../ui/object-link.tsx";
import { t } from "../../ui/text.ts";
import { childrenQuery } from "./api.ts";
import styles from "./tree.module.css";

/** The objects, opened directory by directory; the way to the shown one is open. */
export function Tree({ current }: { current: string }) {
  return (
    <ul className={styles.level}>
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
  const query = useInfiniteQuery(childrenQuery(path));
  useLive(`objects${path}`, () => void query.refetch());
  const nodes = (query.data?.pages ?? [])
    .flatMap((page) => page.items)
    // Processes have a place of their own, and there may be a million of them.
    .filter((node) => node.path !== "/process");
  return (
    <ul className={styles.level}>
      {nodes.map((node) =>
        node.type === "Directory" ? (
          <Branch key={node.path} node={node} current={current} />
        ) : (
          <li key={node.path} className={styles.leaf}>
            <NodeLink node={node} current={current} />
          </li>
        ),
      )}
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

function Branch({ node, current }: { node: ObjectDocument; current: string }) {
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
        <NodeLink node={node} current={current} />
      </span>
      {isOpen && <Level path={node.path} current={current} />}
    </li>
  );
}

function NodeLink({ node, current }: { node: ObjectDocument; current: string }) {
  return (
    <ObjectLink path={node.path} className={styles.link} isCurrent={current === node.path}>
      {node.name}
    </ObjectLink>
  );
}
