import type { Sentence } from "../../translation.ts";

/** What the ground says: names and paths, data directory, database, users. */
export const platform: readonly Sentence[] = [
  // Names and paths.
  ["'{path}' is no path: {fault}", "'{path}'はパスとして正しくありません: {fault}"],
  ["'{name}' is no name: {fault}", "'{name}'は名前として正しくありません: {fault}"],
  ["a path begins with '/'", "パスは'/'で始めます"],
  ["a path has at most {limit} characters", "パスは{limit}文字までです"],
  ["a name may not be empty", "名前を空にすることはできません"],
  ["a name may not begin with a dot", "名前をドットで始めることはできません"],
  ["a name may not begin with a blank", "名前を空白で始めることはできません"],
  ["a name has at most {limit} characters", "名前は{limit}文字までです"],
  [
    "a name must be in Unicode's composed form (NFC)",
    "名前はUnicodeの合成済みの形(NFC)でなければなりません",
  ],
  ["a name may not contain '/'", "名前に'/'は使えません"],
  [
    "a name may not contain {character}, which is not printable",
    "名前に{character}は使えません(表示できない文字です)",
  ],
  ["choose another name", "別の名前にしてください。"],

  // Data directory and files.
  [
    "the data directory {directory} cannot be used: {fault}",
    "データディレクトリ{directory}を使えません: {fault}",
  ],
  [
    "choose another directory with --data, or give the server's user the right to write it",
    "--dataで別のディレクトリを指定するか、サーバのユーザーに書き込む権限を与えてください。",
  ],
  [
    "the data directory {directory} is in use by another server",
    "データディレクトリ{directory}は別のサーバが使用中です",
  ],
  [
    "stop that server, or choose another directory with --data",
    "そのサーバを停止するか、--dataで別のディレクトリを指定してください。",
  ],
  ["the disk that holds {file} is full", "{file}のあるディスクに空きがありません"],
  ["make room on that disk, and try again", "ディスクに空きを作ってから、もう一度試してください。"],
  ["{file} cannot be read: {fault}", "{file}を読めません: {fault}"],
  ["{file} cannot be written: {fault}", "{file}に書き込めません: {fault}"],
  [
    "check the disk, and that the server's user may write the file and its directory",
    "ディスクと、サーバのユーザーがファイルとそのディレクトリに書き込めることを確認してください。",
  ],
  [
    "check the disk, and that the server's user may read and write the file and its directory",
    "ディスクと、サーバのユーザーがファイルとそのディレクトリを読み書きできることを確認してください。",
  ],
  ["the key file {file} cannot be used: {fault}", "鍵ファイル{file}を使えません: {fault}"],
  ["it is missing", "ファイルがありません"],
  ["the database was sealed with another key", "データベースは別の鍵で暗号化されています"],
  [
    "all servers of one database have the same key file: copy 'key' from the data directory of another one, or put back the one that belongs to this database",
    "1つのデータベースを使うサーバは、すべて同じ鍵ファイルを使います。他のサーバのデータディレクトリから'key'をコピーするか、このデータベースの鍵ファイルを元に戻してください。",
  ],
  [
    "this server was not heard of for longer than its lease, and others have taken over its work",
    "このサーバはリースの期間を超えて応答がなかったため、他のサーバが仕事を引き継ぎました",
  ],
  [
    "start it again; it joins the others. If it was neither stopped nor cut off, give it more time with --lease",
    "もう一度起動してください。他のサーバに加わります。止まったり切り離されたりしたのでなければ、--leaseで期間を長くしてください。",
  ],
  ["it should hold {count} bytes in base64", "base64の{count}バイトでなければなりません"],
  [
    "put back the key file that belongs to this database; without it the stored passwords cannot be opened",
    "このデータベースの鍵ファイルを元に戻してください。ないと、保存されているパスワードを復号できません。",
  ],
  ["the key file does not open what was sealed", "鍵ファイルが合わないため、復号できません"],
  [
    "put back the key file that belongs to this database",
    "このデータベースの鍵ファイルを元に戻してください。",
  ],
  ["there is no log level '{level}' (TSUNAGI_LOG)", "ログレベル'{level}'はありません(TSUNAGI_LOG)"],
  ["use one of {known}", "使えるのは{known}です。"],
  ["{file} is locked by another program", "{file}は別のプログラムがロックしています"],
  [
    "end the program that holds the database open for writing, such as a database shell",
    "データベースのシェルなど、データベースを書き込み用に開いているプログラムを終了してください。",
  ],
  [
    "{file} is damaged or no database: {fault}",
    "{file}が壊れているか、データベースではありません: {fault}",
  ],
  [
    "stop the server, keep a copy of the file, and restore the last backup",
    "サーバを停止し、ファイルの写しを残してから、最新のバックアップを復元してください。",
  ],

  // Database.
  [
    "the database is of an older release than this one, {version}: {migration} is missing",
    "データベースがこの版({version})より古い版のものです: {migration}がありません",
  ],
  [
    "start the server once; it brings the database up to date",
    "サーバを一度起動すると、データベースが更新されます。",
  ],
  [
    "the database was written by Tsunagi {newer} ({migration}), this is {version}",
    "データベースはTsunagi {newer}で書かれています({migration})。これは{version}です",
  ],
  [
    "start Tsunagi {version} or newer, or restore a backup from before the update",
    "Tsunagi {version}以降を起動するか、更新前のバックアップを復元してください。",
  ],
  ["there is no database of the kind '{kind}'", "'{kind}'という種類のデータベースはありません"],
  [
    "give a data directory with --data, or postgres://user:password@host/name with --database",
    "--dataでデータディレクトリを指定するか、--databaseにpostgres://user:password@host/nameを指定してください。",
  ],
  ["PostgreSQL at {place}", "{place}のPostgreSQL"],
  ["{database} cannot be reached", "{database}に接続できません"],
  ["{database} cannot be reached: {why}", "{database}に接続できません: {why}"],
  [
    "others kept writing the same rows of {database}",
    "{database}の同じ行に他の書き込みが続きました",
  ],
  ["try again", "もう一度試してください。"],
  ["the disk of {database} is full", "{database}のディスクに空きがありません"],
  [
    "make room on that disk; nothing that was acknowledged is lost, and writing goes on by itself",
    "ディスクに空きを作ってください。完了を返したものは失われておらず、書き込みは自動的に再開します。",
  ],
  ["{database} did not answer in time: {fault}", "{database}が時間内に応答しませんでした: {fault}"],
  [
    "see what else loads the database, or holds locks in it (pg_stat_activity)",
    "データベースに負荷をかけているものや、ロックを持っているものを調べてください(pg_stat_activity)。",
  ],
  ["{database} cannot be used: {fault}", "{database}を使えません: {fault}"],
  [
    "check name, password and rights in the database's URL, and the log of PostgreSQL",
    "データベースのURLの名前、パスワード、権限と、PostgreSQLのログを確認してください。",
  ],
  [
    "see that PostgreSQL runs and can be reached from here; the server goes on by itself when it does",
    "PostgreSQLが動作していて、ここから接続できることを確認してください。接続できれば、サーバは自動的に再開します。",
  ],
  [
    "the connection to {database} was lost while it saved: whether it did is not known",
    "保存中に{database}との接続が切れました。保存されたかどうかは分かりません",
  ],
  [
    "look whether the change is there before you make it again",
    "変更をやり直す前に、保存されていないか確認してください。",
  ],

  // Users, sign-in, tokens.
  [
    "too many failed sign-ins as '{name}' from {address}",
    "{address}から'{name}'へのログインの失敗が多すぎます",
  ],
  ["try again in {minutes} minutes", "{minutes}分後にもう一度試してください。"],
  ["the name or the password is wrong", "名前またはパスワードが違います"],
  ["you are not signed in", "ログインしていません"],
  ["there is no user root yet", "ユーザーrootがまだありません"],
  ["start the server once; it makes root", "サーバを一度起動すると、rootが作成されます。"],
  ["the session has ended", "セッションは終了しています"],
  ["the session's user is gone or disabled", "セッションのユーザーはもう存在しないか、無効です"],
  ["the token is unknown", "このトークンはありません"],
  ["the token is unknown or revoked", "このトークンは存在しないか、失効しています"],
  [
    "make one on the server's host with 'tsunagi token create NAME'",
    "サーバのホストで'tsunagi token create NAME'を実行して作成してください。",
  ],
  ["the token '{name}' is of the kind {kind}", "トークン'{name}'の種類は{kind}です"],
  ["use a token of the kind {kind}", "種類が{kind}のトークンを使ってください。"],
  ["there is a user '{name}' already", "ユーザー'{name}'はすでに存在します"],
  ["there is a group '{name}' already", "グループ'{name}'はすでに存在します"],
];
