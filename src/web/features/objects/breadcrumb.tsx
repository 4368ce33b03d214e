import { ObjectLink } from "../../ui/object-link.tsx";
import { t } from "../../ui/text.ts";
import styles from "./breadcrumb.module.css";

/** The directories above the shown object, each a link. */
export function Breadcrumb({ path }: { path: string }) {
  const names = path.split("/").filter(Boolean);
  const steps = names.map((name, index) => ({
    name,
    path: `/${names.slice(0, index + 1).join("/")}`,
  }));
  return (
    <nav aria-label={t("app.objects")} className={styles.crumbs}>
      <ol>
        <li>
          <ObjectLink path="/" isCurrent={path === "/"}>
            /
          </ObjectLink>
        </li>
        {steps.map((step) => (
          <li key={step.path}>
            <ObjectLink path={step.path} isCurrent={step.path === path}>
              {step.name}
            </ObjectLink>
          </li>
        ))}
      </ol>
    </nav>
  );
}
