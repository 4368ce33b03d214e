import type { Sentence } from "../../translation.ts";

/** What the command line itself says. */
export const commandLine: readonly Sentence[] = [
  // The server.
  ["no server answers at {url}: {fault}", "{url}のサーバが応答しません: {fault}"],
  [
    "Start one with `tsunagi serve`, or name another with --server or TSUNAGI_SERVER.",
    "`tsunagi serve`で起動するか、--serverまたはTSUNAGI_SERVERで別のサーバを指定してください。",
  ],
  [
    "Make a token with `tsunagi token create NAME` on the server's host; give it with --token or TSUNAGI_TOKEN.",
    "サーバのホストで`tsunagi token create NAME`を実行してトークンを作成し、--tokenまたはTSUNAGI_TOKENで指定してください。",
  ],
  [
    "{url} answers with status {status}, but not as a Tsunagi server does",
    "{url}が状態コード{status}を返しましたが、Tsunagiのサーバの応答ではありません",
  ],
  [
    "Check the address given with --server or TSUNAGI_SERVER.",
    "--serverまたはTSUNAGI_SERVERのアドレスを確認してください。",
  ],
  ["'{url}' is no address of a server", "'{url}'はサーバのアドレスではありません"],
  ["Write it like {example}.", "{example}のように指定してください。"],
  ["a job manager needs a token", "ジョブマネージャにはトークンが必要です"],
  [
    "Give it with --token, --token-file or TSUNAGI_TOKEN.",
    "--token、--token-fileまたはTSUNAGI_TOKENで指定してください。",
  ],
  ["a job manager needs a server", "ジョブマネージャには接続先のサーバが必要です"],
  ["Give it with --server or TSUNAGI_SERVER.", "--serverまたはTSUNAGI_SERVERで指定してください。"],

  // Arguments.
  ["'{name}' is no process", "'{name}'はプロセスではありません"],
  [
    "A process is named by its number or its path, for example 17 or /process/17.",
    "プロセスは番号かパスで指定します(例: 17、/process/17)。",
  ],
  ["{path} is no {type}", "{path}の型は{type}ではありません"],
  ["Start jobflows with `tsunagi run`.", "ジョブフローは`tsunagi run`で開始してください。"],
  [
    "Send messages to channels with `tsunagi send`.",
    "チャネルへのメッセージは`tsunagi send`で送ってください。",
  ],
  ["A limit is a number from 1 up.", "件数には1以上の数を指定します。"],
  ["A limit is a number from 1 to {most}.", "件数には1から{most}までの数を指定します。"],
  ["A port is a number from 0 to 65535.", "ポートには0から65535までの数を指定します。"],
  ["the parameter '{name}' is given twice", "パラメータ'{name}'が2回指定されています"],
  ["{option} '{text}' has no name and '='", "{option} '{text}'に名前と'='がありません"],
  [
    "Write {option} NAME=VALUE, for example {again} host=web01.",
    "{option} NAME=VALUEの形で指定してください(例: {again} host=web01)。",
  ],
  ["'{text}' is no JSON: {fault}", "'{text}'は正しいJSONではありません: {fault}"],
  [
    "A text needs double quotes, and the shell single ones around them: '\"text\"'.",
    "文字列は二重引用符で囲み、シェルのためにさらに一重引用符で囲んでください: '\"text\"'",
  ],
  ["{what} is missing", "{what}がありません"],
  ["the source", "ソース"],
  ["the object", "オブジェクト"],
  ["the message", "メッセージ"],
  [
    "Give it as an argument, or send it to standard input.",
    "引数で指定するか、標準入力から渡してください。",
  ],
  ["this is no object: {fault}", "オブジェクトとして正しくありません: {fault}"],
  [
    'Write it as {"type": "Server", "fields": {"host": "192.0.2.1"}}.',
    '{"type": "Server", "fields": {"host": "192.0.2.1"}}のように書いてください。',
  ],
  ["'{text}' is no number of a change", "'{text}'は変更の番号ではありません"],
  ["`tsunagi history PATH` shows the numbers.", "番号は`tsunagi history PATH`で確認できます。"],
  ["{process} is not held before a command", "{process}はコマンドの前で止まっていません"],
  [
    "`tsunagi step N on` makes it stop before the next one.",
    "`tsunagi step N on`で、次のコマンドの前で止まるようになります。",
  ],

  // Files.
  ["there is no file {file}", "ファイル{file}がありません"],
  [
    "To run an object on a server, name the server with --server or TSUNAGI_SERVER.",
    "サーバのオブジェクトを実行するには、--serverまたはTSUNAGI_SERVERでサーバを指定してください。",
  ],
  ["there is no such file", "そのようなファイルはありません"],
  ["there is no such folder", "そのようなフォルダはありません"],
  ["it is a folder", "フォルダです"],
  ["it is no folder", "フォルダではありません"],
  ["{file} is not in UTF-8", "{file}の文字コードがUTF-8ではありません"],
  [
    "Convert it, for example with `iconv -f SHIFT_JIS -t UTF-8 {file}`.",
    "`iconv -f SHIFT_JIS -t UTF-8 {file}`などで変換してください。",
  ],
  [
    "It is as it was. Look at the rights of the file's folder, and at the space on its disk.",
    "ファイルは元のままです。フォルダの権限とディスクの空きを確認してください。",
  ],
  [
    "{file} does not lie below the root folder {root}",
    "{file}はルートフォルダ{root}の下にありません",
  ],
  ["{folder} holds more than {limit} files", "{folder}の中のファイルが{limit}個を超えています"],
  [
    "Keep the jobflows in a folder of their own, or name the tree's folder with --root.",
    "ジョブフローだけのフォルダに分けるか、--rootでツリーのフォルダを指定してください。",
  ],
  ["{path} is {file} already", "{path}にはすでに{file}があります"],
  [
    "A YAML file of a tree holds `type: …` and `fields: …`; rename what is something else.",
    "ツリーのYAMLファイルは`type: …`と`fields: …`の形です。それ以外のファイルは名前を変えてください。",
  ],
  [
    "- stands for standard input and cannot be given with files",
    "-は標準入力を表すため、ファイルと一緒には指定できません",
  ],
  [
    "a file, a folder or a jobflow on standard input",
    "ファイル、フォルダ、または標準入力のジョブフロー",
  ],
  ["an object of the folder is broken", "フォルダのオブジェクトが壊れています"],
  [
    "{file} is neither a test file nor a jobflow",
    "{file}はテストファイルでもジョブフローでもありません",
  ],
  [
    "Tests of x.jobflow stand in x{ending} beside it.",
    "x.jobflowのテストは、同じ場所のx{ending}に書きます。",
  ],
  ["there is no test in {place}", "{place}にテストがありません"],
  [
    "Tests of x.jobflow stand in x{ending} beside it; docs/testing-jobflows.md shows how they are written.",
    "x.jobflowのテストは、同じ場所のx{ending}に書きます。書き方はdocs/testing-jobflows.mdにあります。",
  ],
  ["there is no {file}, whose tests these would be", "テストの対象の{file}がありません"],

  // Reports.
  ["{count} calls", "{count}回"],
  ["… {count} more calls …", "… ほか{count}回の呼び出し …"],
  ["… {count} more children …", "… ほか{count}個の子プロセス …"],
  ["in {process}:", "{process}:"],
  ["failed: {name}", "失敗: {name}"],
  ["line {line}", "{line}行目"],
  ["{passed} passed, {failed} failed", "成功{passed}件、失敗{failed}件"],
  [
    "{ran} of {jobs} jobs, {taken} of {sides} connector sides",
    "ジョブ{ran}/{jobs}、コネクタの分岐{taken}/{sides}",
  ],
  [
    "(about {count} more jobs, of turns that did too many to keep all)",
    "(ほか約{count}個のジョブは、数が多すぎるため記録されていません)",
  ],
  [
    "(its values are hidden: it acts for somebody else)",
    "(他のユーザーのために動いているため、値は表示しません)",
  ],
  ["{what}, since {time}", "{what}({time}から)"],
  ["(cannot be forced)", "(上書きできません)"],
  ["conflict {id}: {message}", "競合{id}: {message}"],
  [
    "there are objects that you may not read; they stay as they are",
    "読む権限のないオブジェクトがあります。それらは変更しません",
  ],
  ["would change {count} objects", "{count}個のオブジェクトを変更します"],
  [
    "would change {count} objects, {conflicts} conflicts",
    "{count}個のオブジェクトを変更します(競合{conflicts}件)",
  ],
  ["nothing to undo", "元に戻すものはありません"],
  ["nothing to undo, {conflicts} conflicts", "元に戻すものはありません(競合{conflicts}件)"],
  ["{count} objects, as change {number}", "{count}個のオブジェクトを変更しました(変更{number})"],
  [
    "{count} objects, as change {number}, {conflicts} conflicts",
    "{count}個のオブジェクトを変更しました(変更{number}、競合{conflicts}件)",
  ],
  [
    "{process} is held at {place}, before: {what}",
    "{process}は{place}で止まっています。次に実行: {what}",
  ],
  [
    "[enter] go, s skip, a abort, f free (no more questions), v variables? ",
    "[Enter] 実行、s スキップ、a 中止、f 以後は確認なし、v 変数? ",
  ],
  [
    "lines {first} to {last} are not kept any more",
    "{first}行目から{last}行目まではもう保持されていません",
  ],
  ["--set goes with --from-failed", "--setは--from-failedと一緒に使います"],
  [
    "From the start, the process has the same parameters; start the jobflow for others.",
    "最初からの再実行ではパラメータは同じです。変えるにはジョブフローを開始してください。",
  ],
  ["the input has ended: aborted", "入力が終わったため、中止しました"],
  ["warning: {file} is left out: {message}", "警告: {file}を除外します: {message}"],
  [
    "warning: {file} cannot be called, because it does not compile:",
    "警告: {file}はコンパイルできないため、呼び出せません:",
  ],
  ["stepping failed: {message}", "ステップ実行に失敗しました: {message}"],
  [
    "This is a bug in Tsunagi; please report it with the lines above.",
    "Tsunagiの不具合です。上の内容とともに報告してください。",
  ],
  ["A lease is {from} to 3600 seconds.", "リースは{from}秒から3600秒までです。"],
];
