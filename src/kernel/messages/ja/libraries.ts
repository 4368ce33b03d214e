import type { Sentence } from "../../translation.ts";

/** What the libraries say whose messages we pass on: commander, Zod and Node.js. */
export const libraries: readonly Sentence[] = [
  // Commander, as failure.ts of the command line puts it.
  ["unknown command '{name}'", "コマンド'{name}'はありません"],
  [
    "unknown command '{name}'; did you mean {guess}?",
    "コマンド'{name}'はありません。{guess}の間違いではありませんか?",
  ],
  [
    "unknown command '{name}'; did you mean one of {guesses}?",
    "コマンド'{name}'はありません。{guesses}のいずれかの間違いではありませんか?",
  ],
  ["unknown option '{name}'", "オプション'{name}'はありません"],
  [
    "unknown option '{name}'; did you mean {guess}?",
    "オプション'{name}'はありません。{guess}の間違いではありませんか?",
  ],
  [
    "unknown option '{name}'; did you mean one of {guesses}?",
    "オプション'{name}'はありません。{guesses}のいずれかの間違いではありませんか?",
  ],
  ["missing required argument '{name}'", "引数'{name}'が必要です"],
  ["option '{flags}' argument missing", "オプション'{flags}'の値がありません"],
  [
    "option '{flags}' argument '{value}' is invalid. {why}",
    "オプション'{flags}'の値'{value}'が正しくありません。{why}",
  ],
  ["required option '{flags}' not specified", "オプション'{flags}'が必要です"],
  [
    "option '{flags}' cannot be used with option '{other}'",
    "オプション'{flags}'は'{other}'と一緒には使えません",
  ],
  [
    "command-argument value '{value}' is invalid for argument '{name}'. {why}",
    "引数'{name}'の値'{value}'が正しくありません。{why}",
  ],
  ["Allowed choices are {choices}.", "使えるのは{choices}です。"],
  [
    "too many arguments for '{command}'. Expected {expected} argument but got {given}: {values}.",
    "'{command}'の引数が多すぎます。{expected}個のところに{given}個あります: {values}",
  ],
  [
    "too many arguments for '{command}'. Expected {expected} arguments but got {given}: {values}.",
    "'{command}'の引数が多すぎます。{expected}個のところに{given}個あります: {values}",
  ],

  // Zod.
  [
    "Invalid input: expected {expected}, received {received}",
    "{expected}が必要ですが、{received}が渡されました",
  ],
  ["Invalid input: expected {expected}", "{expected}でなければなりません"],
  ["Invalid option: expected one of {known}", "{known}のいずれかでなければなりません"],
  [
    "Too big: expected {what} to have <={limit} {unit}",
    "{limit}以下でなければなりません({what}の{unit})",
  ],
  [
    "Too small: expected {what} to have >={limit} {unit}",
    "{limit}以上でなければなりません({what}の{unit})",
  ],
  ["Too big: expected {what} to be <={limit}", "{limit}以下でなければなりません({what})"],
  ["Too small: expected {what} to be >={limit}", "{limit}以上でなければなりません({what})"],
  ["Too small: expected {what} to be >{limit}", "{limit}より大きくなければなりません({what})"],
  [
    "Invalid string: must match pattern {pattern}",
    "パターン{pattern}に合う文字列でなければなりません",
  ],
  ["Unrecognized key: {key}", "知らないキーです: {key}"],
  ["Unrecognized keys: {keys}", "知らないキーです: {keys}"],
  ["Invalid input", "正しくない値です"],

  // Node.js and the operating system.
  ["connect ECONNREFUSED {address}", "{address}への接続が拒否されました"],
  ["getaddrinfo ENOTFOUND {host}", "ホスト名{host}が見つかりません"],
  [
    "ENOENT: no such file or directory, {call} '{path}'",
    "ファイルまたはディレクトリがありません(ENOENT, {call} '{path}')",
  ],
  ["EACCES: permission denied, {call} '{path}'", "権限がありません(EACCES, {call} '{path}')"],
  [
    "EROFS: read-only file system, {call} '{path}'",
    "書き込めないファイルシステムです(EROFS, {call} '{path}')",
  ],
];
