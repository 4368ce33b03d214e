import type { Sentence } from "../../translation.ts";

/** What `tsunagi test` says. */
export const rehearsal: readonly Sentence[] = [
  // What does not hold.
  ["it ended otherwise (- expected, + got)", "終わり方が違います(- 期待、+ 実際)"],
  ["the console is another one (- expected, + got)", "コンソールの出力が違います(- 期待、+ 実際)"],
  [
    "the console does not contain what was expected (- expected, + got)",
    "コンソールに期待した行がありません(- 期待、+ 実際)",
  ],
  ["other commands ran (- expected, + got)", "実行されたコマンドが違います(- 期待、+ 実際)"],
  ["objects hold something else (- expected, + got)", "オブジェクトの値が違います(- 期待、+ 実際)"],
  [
    "the flow asks for something that the test does not answer; add to the case",
    "ジョブフローの要求への答えがテストにありません。次を加えてください",
  ],
  [
    "the flow still goes on after {count} waits; say when to look at it, in seconds, with",
    "ジョブフローが{count}回待っても終わりません。確認する時点を秒数で指定してください",
  ],
  [
    "the flow waits for messages that the test does not give; to give some, add to the case",
    "ジョブフローが待つメッセージがテストにありません。届けるには次を加えてください",
  ],
  [
    "the flow looks up an object that is not there; to give it, add to the case",
    "ジョブフローが調べるオブジェクトがありません。用意するには次を加えてください",
  ],
  ["{what}; add to the case", "{what}。次を加えてください"],
  ["{path} is of the type {type}", "{path}の型は{type}です"],
  ["nobody answered within {seconds} s", "{seconds}秒以内に誰も答えませんでした"],
  ["the host", "ホスト"],

  // Coverage.
  ["never ran: {job}", "実行されていません: {job}"],
  ["'{connector}' never saw a success", "'{connector}'の成功の側が試されていません"],
  ["'{connector}' never saw a failure", "'{connector}'の失敗の側が試されていません"],

  // The test file.
  ["this is no YAML: {fault}", "YAMLとして正しくありません: {fault}"],
  [
    "a '*' stands here for an anchor that is not there: put the whole text into quotes",
    "'*'が存在しないアンカーを指しています。文字列全体を引用符で囲んでください",
  ],
  ["expected a list of cases, each with a name", "名前の付いたケースのリストが必要です"],
  ["a mapping", "マッピング"],
  ["the text '{text}'", "文字列'{text}'"],
  ["{given} (quotes would make it a text)", "{given}(引用符で囲むと文字列になります)"],
  ["'{key}' is unknown here; {known}", "'{key}'はここでは使えません({known})"],
  ["there are {known}", "使えるのは{known}です"],
  ["did you mean '{name}'?", "'{name}'の間違いではありませんか?"],
  [
    "expected a time such as {example} or 2026-01-01T09:00:00+09:00",
    "{example}や2026-01-01T09:00:00+09:00のような時刻が必要です",
  ],
  ["this does not fit", "ここには合いません"],
  ["this does not fit in '{key}'", "'{key}'には合いません"],
  [
    "an answer says to what: one of {known} is missing",
    "何への答えかの指定がありません。{known}のいずれかが必要です",
  ],
  [
    "an answer is to one thing: to '{first}' or to '{second}'",
    "1つの答えに指定できるのは'{first}'か'{second}'のどちらかです",
  ],
  ["an answer to '{job}' has no '{key}'", "'{job}'への答えに'{key}'は使えません"],
  [
    "an answer has one fate: '{first}' or '{second}'",
    "1つの答えの結果は'{first}'か'{second}'のどちらかです",
  ],
];
