import { Button, type ButtonProps } from "@mantine/core";
import { useId } from "react";
import type { Action } from "./action.ts";

/** A button for an action; one that cannot be done stays reachable and says why. */
export function ActionButton({
  action,
  isLoading,
  ...look
}: { action: Action; isLoading?: boolean } & Pick<ButtonProps, "variant" | "size">) {
  const reason = useId();
  const { icon: Icon, label, shortcut, whyNot, isDanger } = action;
  const title = whyNot ?? (shortcut === undefined ? undefined : `${label} (${shortcut})`);
  return (
    <>
      <Button
        variant="default"
        {...look}
        loading={isLoading ?? false}
        aria-disabled={whyNot !== undefined}
        {...(whyNot === undefined ? {} : { "data-disabled": true })}
        {...(title === undefined ? {} : { title })}
        {...(whyNot === undefined ? {} : { "aria-describedby": reason })}
        {...(isDanger === true ? { c: "var(--fail)" } : {})}
        leftSection={Icon === undefined ? undefined : <Icon size={18} stroke={1.5} />}
        onClick={() => whyNot === undefined && action.perform()}
      >
        {label}
      </Button>
      {whyNot !== undefined && (
        <span id={reason} hidden>
          {whyNot}
        </span>
      )}
    </>
  );
}
