import { Text, Title } from "@mantine/core";
import { addressOfPath } from "../../client/address.ts";
import { CodeBlock } from "../../ui/code-block.tsx";
import { t } from "../../ui/text.ts";

/** How to send to a channel, ready to be copied. */
export function ChannelHelp({ path }: { path: string }) {
  const command = [
    `curl -X POST ${location.origin}${addressOfPath(path)}`,
    `  -H "Authorization: Bearer $TSUNAGI_TOKEN"`,
    `  -H "Content-Type: application/json"`,
    `  -d '{"host": "web01", "status": "DOWN"}'`,
  ].join(" \\\n");
  return (
    <section>
      <Title order={2} size="h4">
        {t("channel.send")}
      </Title>
      <CodeBlock text={command} label={t("channel.send")} />
      <Text c="dimmed">{t("channel.sendHint")}</Text>
    </section>
  );
}
