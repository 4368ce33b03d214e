/**
 * The form in which texts are compared when case and width do not matter: `ＷＥＢ01` and `web01` are the same, as are
 * `ﾊﾟﾝ` and `パン`; hiragana and katakana are not. A database that compares by itself does the same in SQL.
 */
export function foldText(text: string): string {
  return (isAscii(text) ? text : text.normalize("NFKC")).toLowerCase();
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}
