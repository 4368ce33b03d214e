import type { Sentence } from "../../translation.ts";

/** What the engine, the remote work and the requests to the outside say. */
export const processes: readonly Sentence[] = [
  // Effects of jobs.
  [
    "{path} is no channel: an update of several fields takes a dictionary, such as [x << {status: 'ok'}]",
    "{path}はチャネルではありません。複数のフィールドの更新には[x << {status: 'ok'}]のように辞書を書きます",
  ],
  [
    "{path} cannot be called: it is of the type {type}, neither a jobflow nor a script",
    "{path}は呼び出せません。型は{type}で、ジョブフローでもスクリプトでもありません",
  ],
  ["{path} has no version that compiles", "{path}にはコンパイルできる版がありません"],
  [
    "a process has at most {limit} children at once: say 'limit'",
    "1つのプロセスが同時に持てる子プロセスは{limit}個までです。'limit'を指定してください",
  ],
  [
    "{user} may not cancel /process/{id}: {owner} started it",
    "/process/{id}は{owner}が開始したものなので、{user}は中止できません",
  ],
  ["a message may not hold a secret", "メッセージに秘密の値を入れることはできません"],
  ["'{name}' is not built yet", "'{name}'はまだ作られていません"],
  ["{path} cannot be started: {why}", "{path}を開始できません: {why}"],
  ["binary data", "バイナリデータ"],
  ["{what} cannot be written into a field", "{what}はフィールドに書き込めません"],
  ["a search", "検索式"],
  ["a name", "名前"],
  ["a type", "型"],
  [
    "objects have no method '{name}'; there are {known}",
    "オブジェクトにメソッド'{name}'はありません。使えるのは{known}です",
  ],
  [
    "{method} takes {most} arguments by position, and got {given}",
    "{method}に位置で渡せる引数は{most}個までですが、{given}個あります",
  ],
  ["{method} has no argument '{name}'", "{method}に引数'{name}'はありません"],
  ["{method} needs the argument '{name}'", "{method}には引数'{name}'が必要です"],
  [
    "expected {what} as text, got {given}",
    "{what}を文字列で指定してください({given}が渡されました)",
  ],
  [
    "an event comes from a channel; {path} is of the type {type}",
    "イベントはチャネルから届きますが、{path}の型は{type}です",
  ],
  [
    "a process that waits for its own end would never end",
    "自分自身の終了を待つプロセスは終わることがありません",
  ],
  [
    "waiting for /process/{id} would never end: it waits for this process",
    "/process/{id}はこのプロセスを待っているため、待っても終わることがありません",
  ],
  [
    "waiting for the lock on {path} would never end: its holder waits for this process",
    "{path}のロックを持つプロセスがこのプロセスを待っているため、待っても終わることがありません",
  ],
  ["{user} aborted it before this command", "このコマンドの前で{user}が中止しました"],
  [
    "{user} may not change the source of {path}: it runs as its owner",
    "{path}は所有者として実行されるため、{user}はソースを変更できません",
  ],
  [
    "who manages it can set its field runs_as to 'caller' first",
    "管理できる人が、先にフィールドruns_asを'caller'にしてください。",
  ],
  [
    "the user for whom the process acts does not exist any more, or is disabled",
    "プロセスの実行者であるユーザーはもう存在しないか、無効です",
  ],

  // A diagnostic as one line, as it stands in the message of SYNTAX_ERROR.
  ["error: {message} ({hint})", "エラー: {message}({hint})"],
  ["error: {message}", "エラー: {message}"],
  ["warning: {message}", "警告: {message}"],

  // Jobflows, channels, processes.
  [
    "correct the source, or keep it as a draft that cannot be run with ?draft=true",
    "ソースを直すか、?draft=trueを付けて実行できない下書きとして保存してください。",
  ],
  [
    "channel {path} already holds {count} messages that nobody has taken",
    "チャネル{path}には、受け取られていないメッセージがすでに{count}件あります",
  ],
  [
    "start a jobflow that listens on it, or raise the channel's field 'limit'",
    "このチャネルを待つジョブフローを開始するか、チャネルのフィールド'limit'を増やしてください。",
  ],
  [
    "{path} cannot be deleted: /process/{id} waits for its messages",
    "/process/{id}がメッセージを待っているため、{path}は削除できません",
  ],
  [
    "{path} cannot become a {type}: /process/{id} waits for its messages",
    "/process/{id}がメッセージを待っているため、{path}の型を{type}にはできません",
  ],
  ["{process} and {count} more", "{process}ほか{count}件"],
  ["cancel what waits for it first", "待っているプロセスを先に中止してください。"],
  ["there is no process /process/{id}", "プロセス/process/{id}はありません"],
  ["/process/{id} has already ended: {state}", "/process/{id}はすでに終了しています: {state}"],
  [
    "/process/{id} is held at turn {turn}, and the decision is about turn {given}",
    "/process/{id}が止まっているのはターン{turn}ですが、判断はターン{given}についてのものです",
  ],
  [
    "/process/{id} is not held before a command: somebody has decided, or it does not step",
    "/process/{id}はコマンドの前で止まっていません。すでに誰かが判断したか、ステップ実行ではありません",
  ],
  [
    "Look at what it is about to do now, and decide about that.",
    "今から何をするのかを確認し、それについて判断してください。",
  ],
  [
    "the opening of a session cannot be skipped: the jobs of its block need it",
    "セッションの開始は、ブロックの中のジョブに必要なのでスキップできません",
  ],
  ["Go on, or abort.", "続けるか、中止してください。"],
  [
    "as many processes are live as may be: {limit} in the whole installation",
    "実行中のプロセスがシステム全体の上限({limit}個)に達しています",
  ],
  [
    "End what is not needed any more, or raise 'processes_max' of /system/settings.",
    "不要なプロセスを終了するか、/system/settingsの'processes_max'を増やしてください。",
  ],
  [
    "{path} runs {running} times already, and at most {limit} at once: {processes}",
    "{path}はすでに{running}個実行中で、同時に実行できるのは{limit}個までです: {processes}",
  ],
  [
    "Try again when one has ended, or set the jobflow's field 'when_full' to 'queue'.",
    "どれかが終了してから試すか、ジョブフローのフィールド'when_full'を'queue'にしてください。",
  ],
  [
    "/process/{id} ended long ago, and what became of it is not kept",
    "/process/{id}はずっと前に終了し、その結果はもう保持されていません",
  ],
  ["its turn: at most {limit} of {path} at once", "順番({path}は同時に{limit}個まで)"],
  ["replaced by /process/{id}", "/process/{id}に置き換えられました"],
  ["cancelled by {user}", "{user}が中止しました"],
  ["cancelled by {user}: {reason}", "{user}が中止しました: {reason}"],
  ["suspended by {user}", "{user}が一時停止しました"],
  ["suspended by {user}: {reason}", "{user}が一時停止しました: {reason}"],
  ["it ended by exit(), not by a job that failed", "ジョブの失敗ではなくexit()で終了しています"],
  ["nothing is kept of where it stood", "どこまで進んだかが残っていません"],
  ["its program is not kept any more", "そのプログラムはもう保持されていません"],
  [
    "its program is of an older release, which did not say where jobs begin",
    "プログラムが古い版のもので、ジョブの始まりが分かりません",
  ],
  [
    "the flow in which it failed has no variable '{name}'",
    "失敗したフローに変数'{name}'はありません",
  ],
  ["no job of it has failed: it is {state}", "失敗したジョブがありません(状態は{state})"],
  ["its state cannot be read any more", "その状態はもう読み取れません"],
  [
    "/process/{id} cannot be run again from its failed job: {why}",
    "/process/{id}は失敗したジョブから再実行できません: {why}",
  ],
  ["Run it again from the start.", "最初から再実行してください。"],
  [
    "/process/{id} is suspended, and nothing of it goes on",
    "/process/{id}は一時停止中なので、何も進みません",
  ],
  ["Resume it first.", "先に再開してください。"],
  [
    "/process/{id} is held before a command, and nobody has suspended it",
    "/process/{id}はコマンドの前で止まっていますが、一時停止されてはいません",
  ],
  [
    "/process/{id} is not suspended: it is {state}",
    "/process/{id}は一時停止されていません(状態は{state})",
  ],
  ["/process/{id} has not ended: it is {state}", "/process/{id}は終了していません(状態は{state})"],
  ["Cancel it first.", "先に中止してください。"],
  [
    "/process/{id} is a child of /process/{parent}",
    "/process/{id}は/process/{parent}の子プロセスです",
  ],
  [
    "Run the parent again; it starts its children.",
    "親プロセスを再実行してください。子プロセスは親が開始します。",
  ],
  [
    "/process/{id} is no run of a jobflow but of a closure, and what that was given is not kept",
    "/process/{id}はジョブフローではなくクロージャの実行で、渡された値が残っていません",
  ],
  ["Run the process that started it again.", "それを開始したプロセスを再実行してください。"],
  ["the database could not be written", "データベースに書き込めませんでした"],
  ["the server is stopping", "サーバを停止しています"],
  ["try again when it has started", "サーバが起動してから、もう一度試してください。"],
  ["line {line} in {path}", "{path}の{line}行目"],

  // Where and as whom a command runs.
  [
    "an object on the way to the host has no field 'host'",
    "ホストへの経路にあるオブジェクトに、フィールド'host'がありません",
  ],
  [
    "the way to the host has no end: {path} (field 'jump')",
    "ホストへの経路が終わりません: {path}(フィールド'jump')",
  ],
  [
    "{what} must be an object, such as /nodes/web01",
    "{what}は/nodes/web01のようなオブジェクトでなければなりません",
  ],
  ["seconds, more than 0", "0より大きい秒数"],
  ["a whole number from 1 to 65535", "1から65535までの整数"],
  [
    "__env__ holds '{name}', which is no name of an environment variable: letters, digits and _, no digit first",
    "__env__の'{name}'は環境変数の名前になりません(文字、数字、_を使い、数字では始めません)",
  ],
  [
    "__env__ gives '{name}' a value of type '{type}', which is no text: say join or string, or leave it out",
    "__env__の'{name}'の値が'{type}'型で、文字列ではありません。joinかstringを使うか、削除してください",
  ],
  [
    "there is no encoding '{name}' (__encoding__); well-known ones are utf-8, euc-jp and shift_jis",
    "文字コード'{name}'はありません(__encoding__)。utf-8、euc-jp、shift_jisなどが使えます",
  ],
  [
    "__conntype__ is 'ssh', but there is no host: set __host__, or a __node__ that has one",
    "__conntype__は'ssh'ですが、ホストがありません。__host__か、ホストを持つ__node__を指定してください",
  ],
  [
    "there is no connection type '{name}' (__conntype__); there are ssh, local and none",
    "接続種別'{name}'はありません(__conntype__)。使えるのはssh、local、noneです",
  ],
  [
    "a session has no __sudo__: switch it off with null, and send 'sudo -i' in the session",
    "セッションで__sudo__は使えません。nullにして、セッションの中で'sudo -i'を送ってください",
  ],
  [
    "__{name}__ must be a pattern r'…', or the text with which the line ends, not {given}",
    "__{name}__は、パターンr'…'か、行末の文字列で指定してください({given}は指定できません)",
  ],
  ["a value of type '{type}' is no session", "'{type}'型の値はセッションではありません"],
  [
    "there is no realm '{name}' (__realm__); there are {known}",
    "レルム'{name}'はありません(__realm__)。あるのは{known}です",
  ],
  [
    "no job manager of the realm '{realm}' was connected within {seconds} s; start one there, or check its connection",
    "レルム'{realm}'のジョブマネージャが{seconds}秒以内に接続しませんでした。起動するか、接続を確認してください",
  ],

  // Files.
  [
    "the content of put is text or binary data, not {given}",
    "putのcontentは文字列かバイナリデータで、{given}は指定できません",
  ],
  [
    "the content of put is larger than {limit} MB; put a file instead",
    "putのcontentが{limit}MBを超えています。ファイルで渡してください",
  ],
  [
    "{job} works as the user who logs in, and not with __sudo__: switch it off with null, and let a command move the file",
    "{job}はログインしたユーザーで動き、__sudo__は使えません。nullにして、ファイルはコマンドで移してください",
  ],
  ["target of get", "getのtarget"],
  ["source of get", "getのsource"],
  ["target of put", "putのtarget"],
  ["source of put", "putのsource"],
  [
    "put takes the name of a file of the job manager as source, or the content = itself, and not both",
    "putには、ジョブマネージャのファイルの名前(source)か中身(content =)のどちらか一方だけを指定します",
  ],
  [
    "{path} is a directory; say how the file is named there",
    "{path}はディレクトリです。その中でのファイルの名前も指定してください",
  ],
  [
    "the {argument} is a path on the host, such as '/etc/motd', not '{given}'",
    "{argument}には'/etc/motd'のようなホスト上のパスを指定します('{given}'は指定できません)",
  ],
  [
    "the {argument} is the name of a file, not an object; to copy what an object holds, say content = and its field",
    "{argument}に指定するのはファイルの名前で、オブジェクトではありません。オブジェクトの内容をコピーするには、content =でフィールドを指定します",
  ],
  [
    "the {argument} is the name of a file below the job manager's directory for files, not '{given}'",
    "{argument}には、ジョブマネージャのファイル用ディレクトリにあるファイルの名前を指定します('{given}'は指定できません)",
  ],

  // Job managers, as the server sees them.
  [
    "this server speaks protocol {ours}, the job manager {theirs} ({version}); update the older one",
    "プロトコルはこのサーバが{ours}、ジョブマネージャ({version})が{theirs}です。古い方を更新してください",
  ],
  [
    "another job manager named '{name}' is connected; give this one another name",
    "同じ名前'{name}'のジョブマネージャがすでに接続しています。別の名前にしてください",
  ],
  [
    "the job manager '{name}', which has the session, was not connected for {seconds} s",
    "セッションを持つジョブマネージャ'{name}'が、{seconds}秒間接続していませんでした",
  ],
  [
    "the job manager '{name}' has it and was not connected for {seconds} s",
    "受け取ったジョブマネージャ'{name}'が、{seconds}秒間接続していませんでした",
  ],
  [
    "{why}; whether the command ran to its end is not known",
    "{why}。コマンドが最後まで実行されたかどうかは分かりません",
  ],
  [
    "the job manager '{name}' is being stopped, and the session is not open any more",
    "ジョブマネージャ'{name}'が停止中のため、セッションはもう開いていません",
  ],
  [
    "the journal of the job manager '{name}' was set back to an older state",
    "ジョブマネージャ'{name}'のジャーナルが古い状態に戻されています",
  ],
  [
    "the job manager '{name}' has a command of this number from before the server's database was set back",
    "ジョブマネージャ'{name}'には、サーバのデータベースが戻される前の同じ番号のコマンドがあります",
  ],
  [
    "the job manager '{name}' has come back with another journal",
    "ジョブマネージャ'{name}'が別のジャーナルで接続してきました",
  ],

  // Requests to the outside.
  ["{url} answered with status {status}", "{url}が状態コード{status}を返しました"],
  ["{url} did not answer within {seconds} s", "{url}が{seconds}秒以内に応答しませんでした"],
  ["the answer is larger than 1 MB", "応答が1MBを超えています"],
  ["the request was given up", "要求を取りやめました"],
  ["the connection was refused", "接続が拒否されました"],
  ["the connection was cut", "接続が切れました"],
  ["the name is unknown", "名前が見つかりません"],
  ["the name could not be looked up", "名前を解決できませんでした"],
  ["there is no way to the host", "ホストへの経路がありません"],
  ["there is no way to the network", "ネットワークへの経路がありません"],
  [
    "more than {limit} redirects, the last one to {url}",
    "転送が{limit}回を超えました(最後の転送先は{url})",
  ],
  ["text, binary data, or what JSON can hold", "文字列、バイナリデータ、JSONにできる値のいずれか"],
  ["a number of seconds above 0, at most a day", "0より大きく1日以内の秒数"],
  ["a dictionary of texts", "文字列の辞書"],
  [
    "{argument} of urlopen must be {expected}, not '{type}'",
    "urlopenの{argument}は{expected}で、'{type}'は指定できません",
  ],
  ["urlopen takes at most {most} arguments", "urlopenの引数は{most}個までです"],
  ["urlopen has no argument '{name}'", "urlopenに引数'{name}'はありません"],
  ["urlopen was given '{name}' twice", "urlopenに'{name}'が2回渡されています"],
  ["the url", "URL"],
  ["{url} is no http or https URL", "{url}はhttpまたはhttpsのURLではありません"],
  ["'{method}' is no HTTP method", "'{method}'はHTTPのメソッドではありません"],
  ["'{name}' cannot be sent as an HTTP header", "'{name}'はHTTPヘッダーとして送れません"],
  ["'{name}' is no request", "'{name}'という要求はありません"],
  [
    "the server was stopped while the request was under way; whether it was served is not known",
    "要求の処理中にサーバが停止しました。要求が処理されたかどうかは分かりません",
  ],

  // Of processes of other servers.
  [
    "the server that has /process/{process} does not answer",
    "/process/{process}を実行しているサーバが応答しません",
  ],
  [
    "nothing was done; try again when another server has taken over",
    "何も行われていません。他のサーバが引き継いでから、もう一度試してください。",
  ],
  [
    "the user does not exist any more, or is disabled",
    "そのユーザーはもう存在しないか、無効になっています",
  ],
];
