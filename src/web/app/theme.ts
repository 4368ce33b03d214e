import { createTheme } from "@mantine/core";

/** What Mantine needs to know in script; the looks stand in tokens.css. */
export const theme = createTheme({
  cursorType: "pointer",
  respectReducedMotion: true,
  defaultRadius: "default",
  components: {
    Popover: { defaultProps: { shadow: "md" } },
  },
});
