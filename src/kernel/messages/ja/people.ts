import type { Sentence } from "../../translation.ts";

/** What is said about users, groups and who may do what. */
export const people: readonly Sentence[] = [
  ["{user} may not {what}", "{user}にはこの操作の権限がありません: {what}"],
  ["administrators do that", "管理者に依頼してください。"],
  ["make users", "ユーザーの作成"],
  ["change users", "ユーザーの変更"],
  ["change '{field}' of a user", "ユーザーの'{field}'の変更"],
  ["make groups", "グループの作成"],
  ["change groups", "グループの変更"],
  ["delete groups", "グループの削除"],
  ["see what was done to users and groups", "ユーザーとグループの変更履歴の閲覧"],
  ["there would be no administrator any more", "管理者がいなくなります"],
  ["make somebody else an administrator first", "先に他の人を管理者にしてください。"],
  [
    "nobody but administrators could manage {count} objects any more",
    "{count}個のオブジェクトを管理できるのが管理者だけになります",
  ],
  [
    "let others manage them first, or do it all the same with 'force'",
    "先に他の人に管理の権限を与えるか、それでも行う場合は'force'を付けてください。",
  ],
  ["a list of names of users", "ユーザーの名前のリスト"],
  ["no object", "オブジェクトではないもの"],

  // Who may do what, and why.
  ["{user} is disabled, and may do nothing", "{user}は無効なので、何もできません"],
  ["{user} may {right} {path}: {why}", "{user}は{path}への'{right}'の権限を持っています: {why}"],
  [
    "{user} may not {right} {path}: no grant on it or above it gives that; {instead}",
    "{user}には{path}への'{right}'の権限がありません。そのオブジェクトにもその上にも、権限を与える設定がありません。{instead}",
  ],
  ["{user} is an administrator", "{user}は管理者です"],
  ["{user} is its owner", "{user}は所有者です"],
  ["{who} has {rights} on {path}", "{who}が{path}への{rights}を持っています"],
  ["{user} has no right there", "{user}は何の権限も持っていません"],
  ["{user} has only {rights} there", "{user}が持っているのは{rights}だけです"],
  ["rights of what, or of whom?", "何の権限か、誰の権限かを指定してください"],
  [
    "Give the path of an object, or --user NAME.",
    "オブジェクトのパスか、--user NAMEを指定してください。",
  ],
  ["give path=PATH, or user=NAME", "path=PATHかuser=NAMEを指定してください。"],
  ["'{name}' is no right", "'{name}'という権限はありません"],
  [
    "The rights are {names}; several are separated by commas.",
    "権限は{names}です。複数の場合はコンマで区切ります。",
  ],
  [
    "Name a user as user:alice, a group as group:operators, or everyone.",
    "ユーザーはuser:alice、グループはgroup:operators、全員はeveryoneと書きます。",
  ],
  [
    "name a user as user:alice, a group as group:operators, or everyone",
    "ユーザーはuser:alice、グループはgroup:operators、全員はeveryoneと書いてください。",
  ],
  ["the password", "パスワード"],

  // Types that fields name.
  ["names of types that are there", "存在する型の名前"],
  ["the type {name}", "型{name}"],
  ["{name}, which is no type", "{name}(そのような型はありません)"],
  [
    "the type {type} cannot go: the field '{field}' of {other} refers to objects of it",
    "{other}のフィールド'{field}'が参照しているため、型{type}は削除できません",
  ],
  [
    "take {type} out of the option 'types' of that field, or the field out of {other}",
    "そのフィールドのオプション'types'から{type}を外すか、{other}からフィールドを外してください。",
  ],
];
