import { signatureOf, type Builtin } from "#machine";
import type { Language } from "#kernel";
import type { Connector } from "../syntax/tree.ts";
import type { SpecialName } from "../syntax/token.ts";
import { japaneseSummaries } from "./builtin-summaries.ja.ts";

/** Something that is told to people, in both languages. */
export interface Told {
  readonly en: string;
  readonly ja: string;
}

export function say(language: Language, told: Told): string {
  return told[language];
}

/** What a name of the language is: how it is written, and what it does. */
export interface Help {
  readonly written: string;
  readonly told: Told;
}

/** What a built-in does, for the reader. */
export function summaryOf({ name, summary }: Builtin, language: Language): string {
  return language === "ja" ? (japaneseSummaries[name] ?? summary) : summary;
}

/** How it is written, what it does, and examples. */
export function describeBuiltin(builtin: Builtin, language: Language): string {
  const examples = builtin.examples.map((example) => `  ${example}`);
  return [summaryOf(builtin, language), ...examples].join("\n");
}

export { signatureOf };

export const connectorHelp: Readonly<Record<Connector, Help>> = {
  "->": {
    written: "A -> B",
    told: {
      en: "then, must succeed. A succeeded: B runs. A failed: the chain ends here and fails as A did.",
      ja: "成功したら次へ。A が成功すると B を実行します。A が失敗すると、連鎖はここで終わり、A と同じ失敗になります。",
    },
  },
  "=>": {
    written: "A => B",
    told: {
      en: "then, whatever happened. B runs whether A succeeded or failed; $STATUS and $ERROR tell which.",
      ja: "必ず次へ。A が成功しても失敗しても B を実行します。どちらだったかは $STATUS と $ERROR で分かります。",
    },
  },
  "->>": {
    written: "A ->> B",
    told: {
      en: "only if it succeeded. A succeeded: B runs. A failed: B is skipped, and the failure is handled.",
      ja: "成功したときだけ。A が成功すると B を実行します。A が失敗すると B をとばし、失敗は処理済みになります。",
    },
  },
  "=>>": {
    written: "A =>> B",
    told: {
      en: "only if it failed. A succeeded: B is skipped. A failed: B runs.",
      ja: "失敗したときだけ。A が成功すると B をとばします。A が失敗すると B を実行します。",
    },
  },
};

/** The blocks, and the words in them. */
export const keywordHelp: Readonly<Record<string, Help>> = {
  if: {
    written: "{ if c | jobs elif c: jobs else: jobs }",
    told: {
      en: "Runs the jobs of the first condition that is true. In an expression: a if c else b.",
      ja: "最初に真になった条件のジョブを実行します。式の中では a if c else b と書きます。",
    },
  },
  elif: {
    written: "{ if c | jobs elif c: jobs }",
    told: { en: "The next condition of an if.", ja: "if の次の条件です。" },
  },
  else: {
    written: "else: jobs",
    told: {
      en: "What runs if nothing before it fits; in a timeout, when the time is over.",
      ja: "どれにも当てはまらないときに実行します。timeout では時間切れのときです。",
    },
  },
  // oxlint-disable-next-line unicorn/no-thenable -- the language's word; nobody awaits this
  then: {
    written: "{ if c | then: jobs }",
    told: {
      en: "The first arm of an if; it may be left out.",
      ja: "if の最初の枝です。省略できます。",
    },
  },
  case: {
    written: "{ case value | 'text', g'glob*': jobs r'^code (?<n>\\d+)': jobs else: jobs }",
    told: {
      en: "Runs the first arm that fits the value, without a value $RESULT. Named groups are variables of the arm. If none fits, nothing happens.",
      ja: "値 (省略すると $RESULT) に最初に合った枝を実行します。名前付きグループは枝の変数になります。どれにも合わなければ何もしません。",
    },
  },
  for: {
    written: "{ for v in list | jobs }   { for k, v in dictionary | jobs }",
    told: {
      en: "Runs the jobs for each element of a list, key of a dictionary, or object of a directory or table.",
      ja: "リストの要素、辞書のキー、ディレクトリやテーブルのオブジェクトごとにジョブを実行します。",
    },
  },
  in: {
    written: "x in list",
    told: {
      en: "Whether a list has an element, a dictionary a key, a text a part. In the head of a loop: what it runs over.",
      ja: "リストに要素、辞書にキー、文字列に部分があるかどうか。繰り返しの先頭では、何を繰り返すかを示します。",
    },
  },
  while: {
    written: "{ while c | jobs }",
    told: {
      en: "Runs the jobs as long as the condition is true.",
      ja: "条件が真の間、ジョブを繰り返します。",
    },
  },
  fork: {
    written: "{ fork | chain chain … }",
    told: {
      en: "Runs each chain in a child process of its own, all at once, and waits for all. $RESULT is the list of their values; fails if one failed.",
      ja: "それぞれの連鎖を子プロセスで同時に実行し、すべてを待ちます。$RESULT は値のリストです。1 つでも失敗すると失敗です。",
    },
  },
  pfor: {
    written: "{ pfor v in list limit 20 | jobs }",
    told: {
      en: "Runs the jobs for each element in a child process of its own, at most so many at once as the limit says, and waits for all.",
      ja: "要素ごとに子プロセスでジョブを実行し、すべてを待ちます。limit で同時に動く数を制限します。",
    },
  },
  limit: {
    written: "{ pfor v in list limit 20 | jobs }",
    told: { en: "How many children run at once.", ja: "同時に動く子プロセスの数です。" },
  },
  choice: {
    written: "{ choice | <channel> -> jobs  wait(p) -> jobs  after 60: jobs }",
    told: {
      en: "Waits for several things; the first to happen wins, the others have taken nothing.",
      ja: "複数のものを待ち、最初に起きたものだけを実行します。ほかは何も受け取りません。",
    },
  },
  after: {
    written: "after 60: jobs",
    told: {
      en: "In a choice: what runs when so many seconds have passed.",
      ja: "choice の中で、その秒数が過ぎたときに実行します。",
    },
  },
  timeout: {
    written: "{ timeout 30 | jobs else: jobs }",
    told: {
      en: "Gives up what runs in it after so many seconds. Without else it then fails with the reason timeout.",
      ja: "その秒数を過ぎると中で動いているものを打ち切ります。else がなければ理由 timeout で失敗します。",
    },
  },
  lock: {
    written: "{ lock /nodes/web01 | jobs }",
    told: {
      en: "One process at a time, in the whole installation, is in a block that locks this object; served in order.",
      ja: "同じオブジェクトをロックするブロックには、全体で同時に 1 つのプロセスだけが入れます。順番に待ちます。",
    },
  },
  session: {
    written: "{ session s | [s << 'enable'] -> <s> }",
    told: {
      en: "Keeps one interactive connection open: [s << 'text'] sends, <s> reads up to the prompt.",
      ja: "対話接続を 1 つ開いたままにします。[s << 'text'] で送り、<s> でプロンプトまで読みます。",
    },
  },
  and: {
    written: "a and b",
    told: {
      en: "b if a is true, else a; b is evaluated only if needed.",
      ja: "a が真なら b、そうでなければ a。b は必要なときだけ評価します。",
    },
  },
  or: {
    written: "a or b",
    told: {
      en: "a if it is true, else b: name or 'default'.",
      ja: "a が真なら a、そうでなければ b。name or 'default' のように使います。",
    },
  },
  not: {
    written: "not a",
    told: {
      en: "Whether a is false: null, false, 0, '', [] or {}.",
      ja: "a が偽 (null、false、0、''、[]、{}) かどうか。",
    },
  },
  true: { written: "true", told: { en: "True.", ja: "真。" } },
  false: { written: "false", told: { en: "False.", ja: "偽。" } },
  null: { written: "null", told: { en: "No value.", ja: "値がないこと。" } },
  self: {
    written: "[self: …]",
    told: {
      en: "The innermost flow or closure: [self] in last position begins it again without a growing stack.",
      ja: "いちばん内側のジョブフローまたはクロージャ。最後に [self] と書くと、スタックを増やさずに最初から始めます。",
    },
  },
  break: {
    written: "break",
    told: { en: "Ends the innermost loop.", ja: "いちばん内側の繰り返しを終えます。" },
  },
  continue: {
    written: "continue",
    told: {
      en: "Goes on with the next round of the innermost loop.",
      ja: "いちばん内側の繰り返しの次の回に進みます。",
    },
  },
};

/** The words that begin a block. */
export const blockWords: readonly string[] = [
  "if",
  "case",
  "for",
  "while",
  "fork",
  "pfor",
  "choice",
  "timeout",
  "lock",
  "session",
];

export const specialHelp: Readonly<Record<SpecialName, Told>> = {
  STATUS: {
    en: "How the last job ended: 0 is success, of a command its exit status, -1 where there is none.",
    ja: "直前のジョブの終わり方。0 は成功、コマンドでは終了ステータス、ないときは -1。",
  },
  RESULT: {
    en: "What the last job gave: the output of a command, the value of a call, the message of an event.",
    ja: "直前のジョブの結果。コマンドの出力、呼び出しの戻り値、受け取ったメッセージ。",
  },
  ERROR: {
    en: "What the last job said about its failure, of a command its standard error; or null.",
    ja: "直前のジョブの失敗の説明 (コマンドでは標準エラー出力)。なければ null。",
  },
  REASON: {
    en: "Why the last job failed: null, or exit timeout unknown unreachable refused evaluation abort cancelled limit.",
    ja: "直前のジョブが失敗した理由。null または exit timeout unknown unreachable refused evaluation abort cancelled limit。",
  },
};

export const contextHelp: Readonly<Record<string, Told>> = {
  __host__: {
    en: "The host, by name or address, on which commands run.",
    ja: "コマンドを実行するホスト (名前またはアドレス)。",
  },
  __port__: { en: "The port to connect to.", ja: "接続するポート。" },
  __user__: { en: "Who logs in.", ja: "ログインするユーザー。" },
  __password__: { en: "The password to log in with.", ja: "ログインのパスワード。" },
  __key__: { en: "The private key to log in with.", ja: "ログインの秘密鍵。" },
  __passphrase__: { en: "What the private key is locked with.", ja: "秘密鍵のパスフレーズ。" },
  __node__: {
    en: "The managed host: an object that has the fields host, port, user, …",
    ja: "管理対象のホスト。host、port、user などのフィールドを持つオブジェクト。",
  },
  __account__: {
    en: "How to log in: an object that has the fields user, password, key, …",
    ja: "ログイン方法。user、password、key などのフィールドを持つオブジェクト。",
  },
  __realm__: {
    en: "Which network segment's job managers take the command.",
    ja: "どのセグメントのジョブマネージャが実行するか。",
  },
  __conntype__: {
    en: "How the host is reached: 'ssh', 'local', or 'none', which runs nothing and answers with the command's own text.",
    ja: "接続方法。'ssh'、'local'、または 'none' (何も実行せず、コマンド自身を出力として返す)。",
  },
  __sudo__: { en: "true: as root.", ja: "true なら root として実行。" },
  __dir__: { en: "The directory in which commands run.", ja: "コマンドを実行するディレクトリ。" },
  __env__: { en: "A dictionary that is added to the environment.", ja: "環境変数に加える辞書。" },
  __shell__: { en: "The shell that runs commands.", ja: "コマンドを実行するシェル。" },
  __timeout__: { en: "Seconds for each command.", ja: "コマンドごとの制限秒数。" },
  __encoding__: {
    en: "How the output is encoded, such as 'shift_jis'.",
    ja: "出力の文字コード ('shift_jis' など)。",
  },
  __prompt__: {
    en: "In a session: a pattern of what stands at the end when the other side waits for input.",
    ja: "session で、相手が入力を待つときに末尾に現れるもののパターン。",
  },
  __more__: {
    en: "In a session: a pattern of what a device shows when it waits before its next page.",
    ja: "session で、次のページの前に装置が表示するもののパターン。",
  },
  __jump__: {
    en: "An object, such as a node, through which the host is reached by SSH.",
    ja: "踏み台。ホストに SSH で到達するために経由するノードなどのオブジェクト。",
  },
};

/** Of commands and script jobs. */
export const optionHelp: Readonly<Record<string, Told>> = {
  timeout: {
    en: "After so many seconds the command is ended and fails.",
    ja: "この秒数でコマンドを終わらせ、失敗とします。",
  },
  retry: { en: "How many more tries after a failure.", ja: "失敗したときに再試行する回数。" },
  interval: { en: "Seconds between two tries.", ja: "再試行の間隔 (秒)。" },
  stdin: { en: "The text that the command reads.", ja: "コマンドに渡す標準入力。" },
  repeatable: {
    en: "true: it may be done again although nobody knows whether it was done.",
    ja: "true なら、実行されたか分からないときでも再実行してよい。",
  },
};

/** Of objects: `[object.method: …]`. */
export const methodHelp: Readonly<Record<string, Help>> = {
  add: {
    written: "add: 'name', 'Type', field = value",
    told: { en: "Makes an object and gives it.", ja: "オブジェクトを作り、それを返します。" },
  },
  update: {
    written: "update: field = value",
    told: { en: "Sets fields.", ja: "フィールドを書き換えます。" },
  },
  delete: {
    written: "delete",
    told: {
      en: "Deletes it; with recursive = true all that is below it.",
      ja: "削除します。recursive = true なら下のものもすべて。",
    },
  },
  rename: {
    written: "rename: 'name'",
    told: { en: "Gives it another name.", ja: "名前を変えます。" },
  },
  move: {
    written: "move: /directory",
    told: { en: "Moves it to another directory.", ja: "別のディレクトリに移します。" },
  },
  copy: {
    written: "copy: /directory, 'name'",
    told: {
      en: "Copies it, with all that is below it; the name may be left out.",
      ja: "下にあるものごと複製します。名前は省略できます。",
    },
  },
  find: {
    written: "find: 'Type', field = value",
    told: {
      en: "All objects below it of that type, with these values.",
      ja: "その下にある、その型で値の合うオブジェクトすべて。",
    },
  },
  children: {
    written: "children",
    told: { en: "The objects in it.", ja: "その中のオブジェクト。" },
  },
  refers: {
    written: "refers",
    told: { en: "The objects that refer to it.", ja: "それを参照しているオブジェクト。" },
  },
  history: {
    written: "history",
    told: {
      en: "Its changes, newest first: at author cause operation revision before.",
      ja: "変更の履歴 (新しい順): at author cause operation revision before。",
    },
  },
};

/** What every object has beside the fields of its type. */
export const propertyHelp: Readonly<Record<string, Told>> = {
  name: { en: "The object's name.", ja: "オブジェクトの名前。" },
  path: { en: "Where the object stands.", ja: "オブジェクトのパス。" },
  type: { en: "The object's type.", ja: "オブジェクトの型。" },
};
