import { useQuery } from "@tanstack/react-query";
import type { Json } from "#contract";
import { valueText } from "../fields/field-kinds.ts";
import { Dialog } from "../ui/dialog.tsx";
import { Loading } from "../ui/loading.tsx";
import { ObjectLink } from "../ui/object-link.tsx";
import { ProblemNotice } from "../ui/problem-notice.tsx";
import { numberText, t } from "../ui/text.ts";
import type { Way } from "./columns.ts";
import styles from "./statistics-panel.module.css";
import { duplicatesQuery, statisticsQuery, type StatisticsScope } from "./statistics.ts";

interface Props {
  way: Way;
  scope: StatisticsScope;
  onClose: () => void;
  /** Narrows the list to objects with that value; null: without one. */
  onFilter: (value: Json) => void;
}

const shownValues = 50;

/** How the values of a column are spread over all rows, also those that are not loaded. */
export function StatisticsPanel({ way, scope, onClose, onFilter }: Props) {
  const figures = useQuery(statisticsQuery(scope, way.way, shownValues));
  const { data } = figures;
  return (
    <Dialog title={t("statistics.title", { field: way.label })} shape="side" onClose={onClose}>
      {figures.isError && <ProblemNotice error={figures.error} />}
      {figures.isPending && <Loading />}
      {data !== undefined && (
        <>
          <dl className={styles.figures}>
            <Figure name={t("statistics.count")} value={data.count} />
            <Figure name={t("statistics.empty")} value={data.empty} />
            <Figure name={t("statistics.distinct")} value={data.distinct} />
            {data.min !== null && <Figure name={t("statistics.min")} value={data.min} />}
            {data.average !== null && (
              <Figure name={t("statistics.average")} value={Math.round(data.average * 100) / 100} />
            )}
            {data.max !== null && <Figure name={t("statistics.max")} value={data.max} />}
          </dl>
          <ul className={styles.values} aria-label={t("statistics.values")}>
            {data.values.map(({ value, count }) => (
              <Bar
                key={JSON.stringify(value)}
                text={valueText(way.field, value)}
                count={count}
                share={count / Math.max(1, data.count)}
                onClick={() => onFilter(value)}
              />
            ))}
            {data.empty > 0 && (
              <Bar
                text={t("object.unset")}
                count={data.empty}
                share={data.empty / Math.max(1, data.count)}
                onClick={() => onFilter(null)}
              />
            )}
          </ul>
          {data.distinct > data.values.length && (
            <p>{t("statistics.more", { count: data.distinct - data.values.length })}</p>
          )}
          {data.distinct < data.count - data.empty && <Duplicates way={way} scope={scope} />}
        </>
      )}
    </Dialog>
  );
}

function Figure({ name, value }: { name: string; value: number }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{numberText(value)}</dd>
    </div>
  );
}

function Bar(props: { text: string; count: number; share: number; onClick: () => void }) {
  const { text, count, share, onClick } = props;
  return (
    <li>
      <button type="button" className={styles.bar} onClick={onClick}>
        <span className={styles.name}>{text}</span>
        <span className={styles.count}>{numberText(count)}</span>
        <span className={styles.share} style={{ width: `${share * 100}%` }} />
      </button>
    </li>
  );
}

function Duplicates({ way, scope }: { way: Way; scope: StatisticsScope }) {
  const { data } = useQuery(duplicatesQuery(scope, way.way));
  if (data === undefined || data.duplicates.length === 0 || way.field.kind === "choice")
    return null;
  return (
    <details>
      <summary>{t("statistics.duplicates", { count: data.duplicates.length })}</summary>
      <ul>
        {data.duplicates.map(({ value, count, paths }) => (
          <li key={JSON.stringify(value)}>
            {valueText(way.field, value)} ({numberText(count)}):{" "}
            {paths.slice(0, 5).map((path) => (
              <span key={path}>
                <ObjectLink path={path}>{path}</ObjectLink>{" "}
              </span>
            ))}
          </li>
        ))}
      </ul>
    </details>
  );
}
