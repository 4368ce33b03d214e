import type { Sentence } from "../../translation.ts";

/** What the server and the command line say about running an installation. */
export const operations: readonly Sentence[] = [
  // How a server stands.
  ["nothing can be written to the database", "データベースに書き込めません"],
  ["queries are not answered in time", "問い合わせに時間内に応答できません"],
  ["it does not answer in time", "時間内に応答しません"],
  [
    "nothing has been committed for a while although work waits",
    "処理が待っているのに、しばらくコミットされていません",
  ],
  ["a realm has no job manager connected", "ジョブマネージャが接続されていないレルムがあります"],
  ["timers are late", "タイマーが遅れています"],
  ["the disk is full", "ディスクがいっぱいです"],
  ["the disk is nearly full", "ディスクの空きが少なくなっています"],
  ["no backup was taken yet", "バックアップがまだありません"],
  ["the last backup is more than two days old", "最後のバックアップから2日以上たっています"],
  ["the server's figures are for administrators", "サーバの統計は管理者だけが見られます"],
  [
    "Make a token for them on the server's host: `tsunagi token create NAME --metrics`.",
    "サーバのホストで専用のトークンを作ってください: `tsunagi token create NAME --metrics`",
  ],
  [
    "there is no log format '{format}' (TSUNAGI_LOG_FORMAT)",
    "ログの形式'{format}'はありません(TSUNAGI_LOG_FORMAT)",
  ],
  // Backups.
  ["Backed up to {directory}: {contents}", "{directory}にバックアップしました: {contents}"],
  [
    "The key is not in it: keep a copy of the file 'key' elsewhere.",
    "鍵は含まれていません。ファイル'key'の写しを別の場所に保管してください。",
  ],
  [
    "{database} MB of database, {count} files of {bytes} MB",
    "データベース{database}MB、ファイル{count}個{bytes}MB",
  ],
  ["{count} files", "ファイル{count}個"],
  [
    "{count} files that objects hold were lost before",
    "オブジェクトが持つファイル{count}個が以前に失われています",
  ],
  [
    "the backup holds all the rest; look at the disk of the data directory, and for the files in older backups",
    "ほかはすべてバックアップにあります。データディレクトリのディスクを調べ、ファイルは以前のバックアップから探してください",
  ],
  ["The backup of {time} is whole: {contents}", "{time}のバックアップは完全です: {contents}"],
  ["Restored the backup of {time}: {contents}", "{time}のバックアップを復元しました: {contents}"],
  ["What was there before is {file}", "以前のものは{file}にあります"],
  [
    "this is for a database in a data directory",
    "これはデータディレクトリのデータベースのためのものです",
  ],
  [
    "use pg_dump, or the backups of your PostgreSQL, and keep the key file; see docs/operations.md",
    "pg_dumpかPostgreSQLのバックアップを使い、鍵ファイルも保管してください。docs/operations.mdを見てください",
  ],
  ["the database {file} is damaged", "データベース{file}が壊れています"],
  ["take another backup", "バックアップを取り直してください"],
  ["{directory} is no backup that can be read", "{directory}は読めるバックアップではありません"],
  [
    "a backup holds {file}, which is written last: one without it was not finished",
    "バックアップには最後に書かれる{file}があります。無いものは途中で終わっています",
  ],
  ["{file} is not as it was when it was taken", "{file}がバックアップを取ったときと違います"],
  [
    "take another backup, and look at the disk that held this one",
    "バックアップを取り直し、これを置いていたディスクを調べてください",
  ],
  ["{count} files in {directory} are damaged", "{directory}のファイル{count}個が壊れています"],
  ["there is a database in {directory} already", "{directory}にはすでにデータベースがあります"],
  [
    "give --replace to put the backup in its place; what is there now is kept beside it",
    "--replaceを付けるとバックアップと入れ替えます。今あるものは隣に残ります",
  ],
  [
    "the key file is neither in {directory} nor in the backup",
    "鍵ファイルが{directory}にもバックアップにもありません",
  ],
  [
    "name your copy of it with --key; without it the stored passwords cannot be opened",
    "--keyで写しを指定してください。無ければ保存されたパスワードを開けません",
  ],
  [
    "the key file {file} is not the one of this backup",
    "鍵ファイル{file}はこのバックアップのものではありません",
  ],
  [
    "use the key file of the installation that was backed up, in an empty data directory",
    "バックアップ元の鍵ファイルを、空のデータディレクトリで使ってください",
  ],
  ["there is no database in {directory}", "{directory}にデータベースがありません"],
  [
    "name the server's data directory with --data",
    "--dataでサーバのデータディレクトリを指定してください",
  ],
  ["there is something in {directory} already", "{directory}にはすでに何かがあります"],
  [
    "name a directory that is not there yet; each backup has its own",
    "まだ無いディレクトリを指定してください。バックアップごとに1つ使います",
  ],
  // Moving to PostgreSQL.
  [
    "Moved {rows} rows of {tables} tables and {files} files; all of them were compared",
    "表{tables}個の{rows}行とファイル{files}個を移し、すべて照合しました",
  ],
  [
    "{count} files that objects hold were lost before: {hashes}",
    "オブジェクトが持つファイル{count}個が以前に失われています: {hashes}",
  ],
  ["The database that was here is {file}", "ここにあったデータベースは{file}です"],
  [
    "{rows} rows of the table {table} did not arrive as they were",
    "表{table}の{rows}行が元のとおりに届きませんでした",
  ],
  [
    "nothing was kept; please report this, with the log of PostgreSQL",
    "何も残していません。PostgreSQLのログを添えて報告してください",
  ],
  ["there is an installation in that database already", "そのデータベースにはすでに環境があります"],
  [
    "name an empty database: `createdb tsunagi` makes one",
    "空のデータベースを指定してください: `createdb tsunagi`で作れます",
  ],
  ["the file {hash} did not arrive as it was", "ファイル{hash}が元のとおりに届きませんでした"],
  [
    "nothing was kept; look at the disk of the data directory with `tsunagi backup`",
    "何も残していません。`tsunagi backup`でデータディレクトリのディスクを調べてください",
  ],
  ["the index of words is not complete", "単語の索引が完全ではありません"],
  ["an installation moves to PostgreSQL only", "移せる先はPostgreSQLだけです"],
  [
    "give --to as postgres://user:password@host/name",
    "--toをpostgres://ユーザ:パスワード@ホスト/名前の形で指定してください",
  ],
  ["{file} cannot be read", "{file}を読めません"],
];
