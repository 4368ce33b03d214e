/// <reference types="vite/client" />

/** One icon a file; the package's own declaration is one for all of them. */
declare module "@tabler/icons-react/dist/esm/icons/*" {
  import type { ComponentType } from "react";
  const icon: ComponentType<{ size?: number | string; stroke?: number }>;
  export default icon;
}
