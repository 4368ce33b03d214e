import type { Sentence } from "../../translation.ts";

/** What a program says when it runs, and how processes are described. */
export const machine: readonly Sentence[] = [
  [
    "a choice waits for one request, question or session only",
    "choiceが待てる要求・質問・セッションは一つだけです",
  ],
  // The end of a process, and what one waits for.
  ["aborted at line {line} in {path}: {error}", "{path}の{line}行目で異常終了しました: {error}"],
  ["ended with status {status}", "終了ステータス{status}で終了しました"],
  ["failed with status {status}", "終了ステータス{status}で失敗しました"],
  ["command on {host}: {text}", "{host}のコマンド: {text}"],
  ["command: {text}", "コマンド: {text}"],
  ["message on {channel}", "{channel}のメッセージ"],
  ["end of /process/{id}", "/process/{id}の終了"],
  ["end of {count} child process", "子プロセス{count}個の終了"],
  ["end of {count} child processes", "子プロセス{count}個の終了"],
  ["room for another child process", "次の子プロセスを始める空き"],
  ["time: {time}", "時刻: {time}"],
  ["lock of {path}", "{path}のロック"],
  ["opening a session with {host}", "{host}とのセッションの開始"],
  ["opening a session", "セッションの開始"],
  ["closing a session with {host}", "{host}とのセッションの終了"],
  ["closing a session", "セッションの終了"],
  ["session with {host}: {line}", "{host}とのセッション: {line}"],
  ["prompt of the session with {host}", "{host}とのセッションのプロンプト"],
  ["prompt of the session", "セッションのプロンプト"],
  ["decision before {what}", "{what}の前での判断"],

  // Values and their types.
  ["a value of type '{type}'", "'{type}'型の値"],
  ["an integer", "整数"],
  ["an exact integer", "正確な整数"],
  ["a decimal", "小数"],
  ["a boolean", "真偽値"],
  ["a dictionary", "辞書"],
  ["a list of numbers", "数のリスト"],
  ["a list of lists or dictionaries", "リストまたは辞書のリスト"],
  ["a string, list, dictionary or binary data", "文字列、リスト、辞書、バイナリデータのいずれか"],
  ["a string or a number of seconds", "文字列または秒数"],
  ["a pattern as its second argument", "2番目の引数にパターン"],
  ["a time", "時刻"],
  ["an event", "イベント"],
  ["a directory or table", "ディレクトリまたはテーブル"],
  ["a search as text", "文字列の検索式"],
  ["a type, or its name,", "型またはその名前"],
  ["the end", "終わり"],
  ["the end of the text", "テキストの終わり"],
  ["a text without unknown escapes", "正しいエスケープだけの文字列"],
  [
    "{what} takes {expected}, not {given}",
    "{what}に指定できるのは{expected}で、{given}ではありません",
  ],
  ["{what} cannot be made {wanted}", "{what}を{wanted}に変換できません"],
  [
    "{what} must be {expected}, not {given}",
    "{what}は{expected}でなければなりません({given}は指定できません)",
  ],
  [
    "a value of type '{type}' has no field '{name}'",
    "'{type}'型の値にフィールド'{name}'はありません",
  ],
  [
    "a value of type '{type}' has no elements to index",
    "'{type}'型の値には、添字で取り出せる要素がありません",
  ],
  ["a value of type '{type}' cannot be sliced", "'{type}'型の値から範囲を取り出すことはできません"],
  ["variable '{name}' has no value yet", "変数'{name}'にはまだ値がありません"],
  ["a loop cannot run over a value of type '{type}'", "'{type}'型の値で繰り返すことはできません"],
  [
    "lock takes an object, not '{type}'",
    "lockに指定できるのはオブジェクトで、'{type}'ではありません",
  ],
  [
    "values never change: an update names a field of an object; merge() makes another dictionary",
    "値は変更できません。更新はオブジェクトのフィールドに対して行います。別の辞書を作るにはmerge()を使います",
  ],
  [
    "an update names a field of an object, not of a value of type '{type}'",
    "更新できるのはオブジェクトのフィールドで、'{type}'型の値は更新できません",
  ],
  [
    "an update or message goes to an object, not to a value of type '{type}'",
    "更新やメッセージの宛先はオブジェクトで、'{type}'型の値は宛先になりません",
  ],
  ["assertion failed", "assertの条件が成り立ちません"],
  ["exit() takes an integer, not '{type}'", "exit()に指定できるのは整数で、'{type}'ではありません"],
  [
    "{what} comes from a channel, not from a value of type '{type}'",
    "{what}はチャネルから届くもので、'{type}'型の値からは受け取れません",
  ],
  [
    "{what} takes a process, not '{type}'",
    "{what}に指定できるのはプロセスで、'{type}'ではありません",
  ],

  // Operators.
  ["division by zero", "0で割ることはできません"],
  ["the result is too large for a number", "結果が数として大きすぎます"],
  [
    "the result is beyond 2^53-1 and would not be exact",
    "結果が2^53-1を超えるため、正確に表せません",
  ],
  [
    "'{operator}' is not defined between '{left}' and '{right}'",
    "'{left}'と'{right}'の間で'{operator}'は使えません",
  ],
  [
    "unsupported operand type(s) for {operator}: '{left}' and '{right}'",
    "{operator}は'{left}'と'{right}'には使えません",
  ],
  ["unsupported operand type for -: '{type}'", "-は'{type}'には使えません"],
  [
    "'in' of a string takes a string, not '{type}'",
    "文字列に対する'in'の左側は文字列で、'{type}'は使えません",
  ],
  ["'in' is not defined for '{type}'", "'in'は'{type}'には使えません"],
  [
    "'=~' takes a pattern such as r'…', g'…' or i'…' on its right side, not '{type}'",
    "'=~'の右側にはr'…'、g'…'、i'…'のようなパターンを書きます('{type}'は使えません)",
  ],
  ["a key of a dictionary is a string, not '{type}'", "辞書のキーは文字列で、'{type}'は使えません"],
  ["the dictionary has no key '{key}'; {known}", "辞書にキー'{key}'はありません({known})"],
  ["it is empty", "空です"],
  ["it has {names}", "あるのは{names}です"],
  ["it takes none", "引数はありません"],
  [
    "a {type} is indexed by an integer, not '{given}'",
    "{type}の添字は整数で、'{given}'は使えません",
  ],
  [
    "index {index} is outside of a {type} of length {length}",
    "添字{index}は、長さ{length}の{type}の範囲の外です",
  ],
  ["a slice is bounded by integers, not '{type}'", "範囲の境界は整数で、'{type}'は使えません"],
  [
    "the pattern {kind}'{text}' is not valid: {fault}",
    "パターン{kind}'{text}'が正しくありません: {fault}",
  ],
  ["a pattern cannot hold a secret", "パターンに秘密の値を入れることはできません"],

  // Calls, children, commands.
  [
    "a value of type '{type}' cannot be run: a command is a string, a call names a jobflow, a script or a closure",
    "'{type}'型の値は実行できません。コマンドは文字列、呼び出しはジョブフロー、スクリプト、クロージャで書きます",
  ],
  [
    "spawn() takes a jobflow or closure, not '{type}'",
    "spawn()に指定できるのはジョブフローかクロージャで、'{type}'ではありません",
  ],
  [
    "spawn() takes a jobflow; {path} is a script",
    "spawn()に指定できるのはジョブフローですが、{path}はスクリプトです",
  ],
  [
    "too many arguments: {callee} takes {most}, and {given} were given",
    "引数が多すぎます: {callee}の引数は{most}個までですが、{given}個あります",
  ],
  [
    "{callee} has no parameter '{name}'; {known}",
    "{callee}にパラメータ'{name}'はありません({known})",
  ],
  ["calls are nested more than {limit} deep", "呼び出しの入れ子が上限の{limit}段を超えました"],
  [
    "the limit of a pfor is a number of children: 1 or more",
    "pforの上限には、同時に動かす子プロセスの数を1以上で指定します",
  ],
  [
    "a command takes no arguments beside its options: write them into its text, with sh()",
    "コマンドに渡せるのはオプションだけです。引数はsh()を使ってコマンドの中に書いてください",
  ],
  [
    "a command has no option '{name}'; it has {known}",
    "コマンドにオプション'{name}'はありません。使えるのは{known}です",
  ],
  [
    "a command cannot hold a value of type '{type}': say join, sh or string",
    "コマンドの中に'{type}'型の値は入れられません。join、sh、stringのいずれかを使ってください",
  ],
  ["retry is a number of tries: 0 or more", "retryには再試行の回数を0以上で指定します"],
  ["the time of a timeout block", "timeoutブロックの時間"],
  ["the time to wait", "待つ時間"],
  [
    "{what} is a number of seconds or a duration, not '{type}'",
    "{what}は秒数または時間の長さで指定します('{type}'は使えません)",
  ],
  ["{what} may not be negative", "{what}は負の値にできません"],
  ["{what} must be more than 0 seconds", "{what}は0秒より長くなければなりません"],
  ["not finished within {limit} seconds", "{limit}秒以内に終わりませんでした"],

  // Secrets.
  ["a secret may not be part of a URL's path", "URLのパスに秘密の値を入れることはできません"],
  ["a secret may not be part of a message", "メッセージに秘密の値を入れることはできません"],
  [
    "a secret may not be part of an object's name",
    "オブジェクトの名前に秘密の値を入れることはできません",
  ],
  ["a secret may not be part of a path", "パスに秘密の値を入れることはできません"],
  ["a secret may not be part of a search", "検索に秘密の値を入れることはできません"],

  // Limits.
  [
    "more than {limit} instructions ran without a wait",
    "待ちのないまま実行した命令が{limit}個を超えました",
  ],
  [
    "more than {limit} characters and elements were copied without a wait",
    "待ちのないままコピーした文字と要素が{limit}個を超えました",
  ],
  [
    "a text of {length} characters is longer than {limit}",
    "{length}文字の文字列は、上限の{limit}文字を超えています",
  ],
  [
    "a value of size {size} is larger than {limit}",
    "大きさ{size}の値は、上限の{limit}を超えています",
  ],
  ["a value is nested more than {limit} deep", "値の入れ子が上限の{limit}段を超えています"],
  ["nested more than {limit} deep", "入れ子が上限の{limit}段を超えています"],
  [
    "the process is too large to be stored: {bytes} bytes, and at most {limit} are kept",
    "プロセスが大きすぎて保存できません: {bytes}バイトありますが、上限は{limit}です",
  ],
  [
    "Keep less in variables: read what you need when you need it, and drop what is no longer used.",
    "変数に置くものを減らしてください。必要なときに読み、使わなくなったものは手放します。",
  ],
  ["a time lies outside of what can be counted", "扱える範囲を超えた時刻です"],

  // Built-in functions.
  ["{function} of an empty list", "空のリストに{function}は使えません"],
  ["the step of range()", "range()の増分"],
  ["the step of range() may not be 0", "range()の増分を0にすることはできません"],
  [
    "range() of {count} elements is longer than {limit}",
    "range()の要素が{count}個になり、上限の{limit}個を超えます",
  ],
  ["the separator of csv_parse() is one character", "csv_parse()の区切り文字は1文字です"],
  ["csv_parse(): row {row}: {fault}", "csv_parse(): {row}行目: {fault}"],
  [
    "encode() knows 'base64', 'hex', 'url' and 'utf-8', not '{name}'",
    "encode()で使えるのは'base64'、'hex'、'url'、'utf-8'で、'{name}'は使えません",
  ],
  ["decode(): the text is no '{name}'", "decode(): テキストが'{name}'の形式ではありません"],
  [
    "decode() of '{name}' takes binary data; of a text it knows 'base64', 'hex' and 'url'",
    "decode()の'{name}'にはバイナリデータを渡します。テキストに使えるのは'base64'、'hex'、'url'です",
  ],
  [
    "decode(): the data is no '{name}', or that encoding is not known",
    "decode(): データが'{name}'の形式でないか、その文字コードには対応していません",
  ],
  ["the indent of json_format()", "json_format()の字下げ"],
  ["the indent of json_format() is 0 to 16", "json_format()の字下げは0から16までです"],
  [
    "line {line}, column {column}: expected {what}, found {found}",
    "{line}行目{column}列目: {what}が必要なところに{found}があります",
  ],
  ["sh() cannot quote a value of type '{type}'", "sh()で'{type}'型の値を引用することはできません"],
  [
    "sh() cannot quote a text that holds a NUL character",
    "NUL文字を含む文字列をsh()で引用することはできません",
  ],
  ["split() cannot split at an empty text", "split()の区切りを空にすることはできません"],
  [
    "join() cannot join an element of type '{type}'",
    "join()で'{type}'型の要素をつなぐことはできません",
  ],
  ["replace() cannot replace an empty text", "replace()で空の文字列を置き換えることはできません"],
  ["format_time() does not know '{name}'", "format_time()で'{name}'は使えません"],
  [
    "there is no time zone '{name}'; one such as 'Asia/Tokyo' or '+09:00' is expected",
    "タイムゾーン'{name}'はありません。'Asia/Tokyo'や'+09:00'のように指定します",
  ],
  [
    "time() takes a time such as '2026-05-04T09:00:00+09:00'; this text is none",
    "time()には'2026-05-04T09:00:00+09:00'のような時刻を渡します。このテキストは時刻ではありません",
  ],
  [
    "duration() takes a duration such as '1h30m' or 'PT90S'; this text is none",
    "duration()には'1h30m'や'PT90S'のような時間の長さを渡します。このテキストはその形式ではありません",
  ],
  [
    "yaml_parse() reads at most {limit} characters, not {length}",
    "yaml_parse()で読めるのは{limit}文字までですが、{length}文字あります",
  ],
  [
    "yaml_parse(): nested more than {limit} deep",
    "yaml_parse(): 入れ子が上限の{limit}段を超えています",
  ],
];
