import type { Sentence } from "../../translation.ts";

/** What job managers and their connections to hosts say. */
export const jobManager: readonly Sentence[] = [
  // Journal and commands.
  [
    "this job manager has had a command of this number; it is not run again, and what became of it is not known. The server's database was set back, or its answer was lost",
    "このジョブマネージャは、この番号のコマンドをすでに受け取っています。再実行はせず、どうなったかは分かりません。サーバのデータベースが戻されたか、応答が失われました",
  ],
  ["the command was cancelled before it started", "コマンドは開始前に中止されました"],
  [
    "job manager '{name}' cannot write its journal, so it takes no command: {fault}",
    "ジョブマネージャ'{name}'はジャーナルに書き込めないため、コマンドを受け付けません: {fault}",
  ],
  [
    "the command ran longer than its time limit of {seconds} s",
    "コマンドが制限時間の{seconds}秒を超えました",
  ],
  [
    "the command ran longer than its time limit of {seconds} s and was ended",
    "コマンドが制限時間の{seconds}秒を超えたため、終了させました",
  ],
  [
    "the command ran longer than its time limit of {seconds} s; {what}",
    "コマンドが制限時間の{seconds}秒を超えました({what})",
  ],
  [
    "the copy took longer than its time limit of {seconds} s",
    "コピーが制限時間の{seconds}秒を超えました",
  ],
  [
    "the copy took longer than its time limit of {seconds} s and was ended",
    "コピーが制限時間の{seconds}秒を超えたため、終了させました",
  ],
  [
    "the copy took longer than its time limit of {seconds} s; {what}",
    "コピーが制限時間の{seconds}秒を超えました({what})",
  ],
  [
    "the job manager died while it held this command; whether the command ran to its end is not known",
    "このコマンドの処理中にジョブマネージャが停止しました。コマンドが最後まで実行されたかどうかは分かりません",
  ],
  [
    "the directory {directory} is in use by another job manager",
    "ディレクトリ{directory}は別のジョブマネージャが使用中です",
  ],
  [
    "stop that job manager, or give this one a directory of its own",
    "そのジョブマネージャを停止するか、別のディレクトリを指定してください。",
  ],
  ["what became of it is not known", "どうなったかは分かりません"],

  // On the job manager's host.
  [
    "its process group {number} on the job manager's host could not be ended",
    "ジョブマネージャのホストでプロセスグループ{number}を終了できませんでした",
  ],
  [
    "the command is longer than the system takes as one argument; make it a script job, or give the data by stdin",
    "コマンドがシステムの引数の上限を超えています。スクリプトジョブにするか、データをstdinで渡してください",
  ],
  [
    "the command could not be started: there is no {shell} (__shell__, or the script's interpreter) on the job manager's host",
    "コマンドを開始できませんでした: ジョブマネージャのホストに{shell}がありません(__shell__またはスクリプトのインタープリタ)",
  ],
  ["the command could not be started: {fault}", "コマンドを開始できませんでした: {fault}"],
  [
    "there is no directory {directory} (__dir__) on the job manager's host",
    "ジョブマネージャのホストにディレクトリ{directory}がありません(__dir__)",
  ],
  [
    "no shell could be started on the job manager's host: {fault}",
    "ジョブマネージャのホストでシェルを開始できませんでした: {fault}",
  ],

  // Sessions.
  ["no shell could be started here: {fault}", "ここでシェルを開始できませんでした: {fault}"],
  ["it was given up", "取りやめました"],
  [
    "the session is not open any more: the job manager was restarted since, or nobody used it for {minutes} minutes",
    "セッションはもう開いていません。ジョブマネージャが再起動したか、{minutes}分間使われませんでした",
  ],
  [
    "a session can only be used by the process that opened it, and not by children",
    "セッションを使えるのは開いたプロセスだけで、子プロセスからは使えません",
  ],
  [
    "this job manager keeps {count} sessions already",
    "このジョブマネージャはすでに{count}個のセッションを開いています",
  ],
  ["the connection type 'none' has no sessions", "接続種別'none'ではセッションを使えません"],
  [
    "no prompt came from {host}; {state}. If that is a prompt, describe it in __prompt__",
    "{host}からプロンプトが来ませんでした({state})。これがプロンプトなら__prompt__に指定してください",
  ],
  ["no prompt came within {seconds} s", "{seconds}秒以内にプロンプトが来ませんでした"],
  ["{host} within {seconds} s", "{host}({seconds}秒以内)"],
  ["{host}; nothing came for {seconds} s", "{host}({seconds}秒間何も届いていません)"],
  ["it has said nothing", "何も出力していません"],
  ["its last line is '{line}'", "最後の行は'{line}'です"],
  ["{host} has closed the session; {state}", "{host}がセッションを閉じました({state})"],
  [
    "{what}; what became of the last line that was sent is not known",
    "{what}。最後に送った行がどうなったかは分かりません",
  ],
  [
    "the connection to {host}, and with it the session, was lost",
    "{host}との接続が切れ、セッションも失われました",
  ],

  // SSH.
  ["no temporary file could be made on {host}", "{host}に一時ファイルを作れませんでした"],
  [
    "it could not be ended on {host} and may still run there",
    "{host}で終了できず、まだ動いている可能性があります",
  ],
  [
    "the script's file could not be written on {host}: {fault}",
    "{host}にスクリプトのファイルを書き込めませんでした: {fault}",
  ],
  ["the command was not started", "コマンドは開始されませんでした"],
  ["{host} opens no session: {fault}", "{host}でセッションを開けません: {fault}"],
  [
    "{host} closed the channel without an exit status",
    "{host}が終了ステータスを返さずにチャネルを閉じました",
  ],
  [
    "the connection to {host} was lost while the command ran; whether it ran to its end is not known",
    "コマンドの実行中に{host}との接続が切れました。最後まで実行されたかどうかは分かりません",
  ],
  [
    "{host} closed the connection during the login; is an SSH server there, and has it room for another connection?",
    "ログイン中に{host}が接続を閉じました。SSHサーバが動作していて、接続数に空きがあるか確認してください",
  ],
  [
    "{host} cannot connect to {other}, for which it is the way: {fault}",
    "{other}への経路である{host}から接続できません: {fault}",
  ],
  ["{host} refuses to run commands: {fault}", "{host}がコマンドの実行を拒否しました: {fault}"],
  ["{host} refuses to {what}: {fault}", "{host}が要求を拒否しました({what}): {fault}"],
  [
    "{what} just when it was asked to {request}; whether it ran is not known",
    "{what}({request}を要求した時点)。実行されたかどうかは分かりません",
  ],
  ["the connection to {host} was lost", "{host}との接続が切れました"],
  ["the connection to {host} cannot be made: {fault}", "{host}に接続できません: {fault}"],
  ["the connection to {host} failed: {fault}", "{host}への接続に失敗しました: {fault}"],
  ["the SSH connection to {host} failed: {fault}", "{host}へのSSH接続に失敗しました: {fault}"],
  [
    "the host key of {host} has changed: known is {known}, it shows {shown}; somebody may be in between. If the host was set up anew, delete its known key (/system/known-hosts/{name}:{port}), and the next connection records the new one",
    "{host}のホスト鍵が変わっています。登録済みは{known}、提示されたのは{shown}です。通信に割り込まれている可能性があります。ホストを作り直した場合は、登録済みの鍵(/system/known-hosts/{name}:{port})を削除すると、次の接続で新しい鍵が登録されます",
  ],
  [
    "the private key for {user}@{host} cannot be read: {fault}; check __key__ and __passphrase__, or the account",
    "{user}@{host}の秘密鍵を読めません: {fault}。__key__と__passphrase__、またはアカウントを確認してください",
  ],
  [
    "the name '{host}' cannot be resolved; check __host__",
    "名前'{host}'を解決できません。__host__を確認してください",
  ],
  [
    "{host} refuses connections on port {port}: no SSH server listens there",
    "{host}がポート{port}への接続を拒否しました。SSHサーバが動作していません",
  ],
  [
    "{host} cannot be reached: there is no way to it, or it is switched off",
    "{host}に接続できません。経路がないか、電源が入っていません",
  ],
  ["neither password nor key was given", "パスワードも鍵も指定されていません"],
  [
    "{host} refused the login of '{user}' ({how}); check __user__, __password__ and __key__, or the account",
    "{host}が'{user}'のログインを拒否しました({how})。__user__、__password__、__key__、またはアカウントを確認してください",
  ],
  [
    "what listens on port {port} of {host} is no SSH server, or lets nobody in now: it closed the connection at once; check __host__ and __port__",
    "{host}のポート{port}はSSHサーバではないか、今は接続を受け付けていません。すぐに接続を閉じられました。__host__と__port__を確認してください",
  ],
  ["on the way to {host}: {fault}", "{host}への経路で: {fault}"],

  // Copies.
  ["the connection type 'none' copies no files", "接続種別'none'ではファイルをコピーできません"],
  [
    "the copy could not be ended; whether the file was replaced is not known",
    "コピーを終了できませんでした。ファイルが置き換えられたかどうかは分かりません",
  ],
  [
    "the connection to {host} was lost while {file} was copied",
    "{file}のコピー中に{host}との接続が切れました",
  ],
  ["{what}; whether it was replaced is not known", "{what}。置き換えられたかどうかは分かりません"],
  [
    "the connection to {host} was lost while {file} was copied; it is as it was, but a part of the copy may lie beside it",
    "{file}のコピー中に{host}との接続が切れました。ファイルは元のままですが、コピーの一部が残っている可能性があります",
  ],
  [
    "{file} could not be copied ({reason}): {fault}",
    "{file}をコピーできませんでした({reason}): {fault}",
  ],
  ["nothing was replaced", "何も置き換えていません"],
];
