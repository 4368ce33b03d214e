import type { Sentence } from "../../translation.ts";

/** What the server says to who asks it over HTTP. */
export const server: readonly Sentence[] = [
  // Requests.
  ["the request is not valid: {faults}", "リクエストが正しくありません: {faults}"],
  ["the request is not valid HTTP", "リクエストがHTTPとして正しくありません"],
  ["this is not HTTP", "HTTPではありません"],
  ["its headers are larger than 16 KB", "ヘッダーが16KBを超えています"],
  ["its address is not percent-encoded", "アドレスがパーセントエンコードされていません"],
  ["it did not arrive in time", "時間内に届きませんでした"],
  ["something inside went wrong", "内部エラーが発生しました"],
  ["something inside went wrong in request {id}", "リクエスト{id}で内部エラーが発生しました"],
  [
    "The server's log has the particulars under {id}.",
    "詳細はサーバのログの{id}を確認してください。",
  ],
  ["there is nothing at {address}", "{address}には何もありません"],
  ["there is no WebSocket at {address}", "{address}にWebSocketはありません"],
  [
    "The addresses of the API stand in /.api/openapi.json.",
    "APIのアドレスは/.api/openapi.jsonにあります。",
  ],
  ["{method} is not possible on objects", "オブジェクトに{method}は使えません"],
  ["{method} is not possible at {address}", "{address}に{method}は使えません"],
  ["Its methods are {methods}.", "使えるのは{methods}です。"],
  ["the address is not valid: {fault}", "アドレスが正しくありません: {fault}"],
  ["an address holds no empty segment", "アドレスに空の名前は置けません"],
  [
    "Write one '/' between names, and none at the end.",
    "名前の間の'/'は1つにし、最後には付けないでください。",
  ],
  [
    "'{text}' is not percent-encoded UTF-8",
    "'{text}'はパーセントエンコードされたUTF-8ではありません",
  ],
  [
    "the address is not percent-encoded UTF-8",
    "アドレスがパーセントエンコードされたUTF-8ではありません",
  ],
  [
    "Encode each name of the path on its own, as encodeURIComponent does; '%' itself is '%25'.",
    "パスの名前を1つずつencodeURIComponentのようにエンコードしてください。'%'そのものは'%25'です。",
  ],
  ["'{text}' hides a '/' in a name", "'{text}'の名前に'/'が隠れています"],
  ["No name holds a '/'.", "名前に'/'は使えません。"],
  ["'{text}' is no name of an object", "'{text}'はオブジェクトの名前になりません"],
  ["Write the path from the root.", "パスはルートから書いてください。"],
  ["the body is compressed ('{coding}')", "本文が圧縮されています('{coding}')"],
  [
    "Send it as it is, without Content-Encoding.",
    "Content-Encodingを付けず、そのまま送ってください。",
  ],
  ["the body is of the kind '{kind}', not JSON", "本文の種類が'{kind}'で、JSONではありません"],
  [
    "Send JSON with 'Content-Type: application/json'.",
    "'Content-Type: application/json'を付けてJSONを送ってください。",
  ],
  ["the body is larger than 1 MB", "本文が1MBを超えています"],
  [
    "Send less at once; large data belongs into a file on a node.",
    "一度に送る量を減らしてください。大きなデータはノードのファイルに置きます。",
  ],
  [
    "the body is shorter or longer than its Content-Length says",
    "本文の長さがContent-Lengthと合いません",
  ],
  ["Send the request again.", "もう一度送ってください。"],
  ["the body is no valid JSON: {fault}", "本文が正しいJSONではありません: {fault}"],
  [
    "expected {what}, got {found} at line {line}, column {column}",
    "{line}行目{column}列目: {what}が必要なところに{found}があります",
  ],
  ["its end", "終わり"],
  ["a key in double quotes", "二重引用符で囲んだキー"],
  ["a key in double quotes or '}'", "二重引用符で囲んだキーまたは'}'"],
  ["a value or ']'", "値または']'"],
  ["':' after a key", "キーの後の':'"],
  ["nothing after the value", "値の後には何もないこと"],
  ["it is nested deeper than {limit} levels", "入れ子が{limit}段を超えています"],
  ["it is not UTF-8", "UTF-8ではありません"],
  [
    "Send JSON in UTF-8, whatever the charset of its source.",
    "元の文字コードにかかわらず、JSONはUTF-8で送ってください。",
  ],
  ["the number {number} is beyond what a number can hold", "数{number}は扱える範囲を超えています"],
  ["nothing may have the name '__proto__'", "'__proto__'という名前は使えません"],
  ["Send it as a text.", "文字列として送ってください。"],
  ["'{name}' in the query needs '{other}', too", "クエリの'{name}'には'{other}'も必要です"],
  ["only with ?{name}", "?{name}と一緒にだけ使えます"],
  ["is missing", "指定がありません"],

  ["it needs a body in JSON, and has none", "JSONの本文が必要ですが、ありません"],
  ["there is no {name} here", "ここに{name}はありません"],
  ["expected {what}, got nothing", "{what}が必要ですが、ありません"],
  ["expected {what}, got something else", "{what}が必要ですが、別のものが渡されました"],
  ["expected one of {known}", "{known}のいずれかでなければなりません"],
  ["expected at most {limit} characters", "{limit}文字以下でなければなりません"],
  ["expected at most {limit}", "{limit}以下でなければなりません"],
  ["expected at least {limit} characters", "{limit}文字以上でなければなりません"],
  ["expected at least {limit}", "{limit}以上でなければなりません"],
  ["an object", "オブジェクト"],
  ["something else", "別のもの"],
  ["at least {limit}", "{limit}以上"],
  ["at most {limit}", "{limit}以下"],

  // Signing in and tokens.
  ["this needs a token or a sign-in", "トークンまたはログインが必要です"],
  ["this needs a sign-in; a token does not do", "ログインが必要です。トークンでは行えません"],
  [
    "Send 'Authorization: Bearer TOKEN'; `tsunagi token create NAME` makes one on the server's host.",
    "'Authorization: Bearer TOKEN'を送ってください。トークンはサーバのホストで`tsunagi token create NAME`を実行して作成します。",
  ],
  [
    "the Authorization header holds no bearer token",
    "AuthorizationヘッダーにBearerトークンがありません",
  ],
  ["Send 'Authorization: Bearer TOKEN'.", "'Authorization: Bearer TOKEN'を送ってください。"],
  [
    "a session may only be used from the server's own pages",
    "セッションを使えるのはサーバ自身のページからだけです",
  ],
  [
    "Programs use a token: 'Authorization: Bearer TOKEN'. A proxy has to pass on the Host header.",
    "プログラムではトークンを使います: 'Authorization: Bearer TOKEN'。プロキシはHostヘッダーをそのまま渡す必要があります。",
  ],
  ["there is no valid token '{name}'", "有効なトークン'{name}'はありません"],
  ["see all of them with 'tsunagi token ls'", "'tsunagi token ls'で一覧を確認してください。"],
  ["there is no user yet in {data}", "{data}にはまだユーザーがいません"],
  [
    "name the server's data directory with --data; the server's first start on it makes the user root",
    "--dataでサーバのデータディレクトリを指定してください。ユーザーrootは、サーバの最初の起動で作成されます。",
  ],
  ["a job manager connects with a token", "ジョブマネージャの接続にはトークンが必要です"],
  ["this server takes no job managers", "このサーバはジョブマネージャを受け付けません"],
  ["no job manager is connected", "接続しているジョブマネージャがありません"],

  // Objects.
  ["the browser's application is not built", "ブラウザのアプリケーションがビルドされていません"],
  [
    "Run `npm run build` in the project's folder.",
    "プロジェクトのフォルダで`npm run build`を実行してください。",
  ],
  ["'{text}' is no revision", "'{text}'はリビジョンではありません"],
  [
    'If-Match holds the ETag that GET gave, such as "41".',
    'If-Matchには、GETで得たETagを"41"のように指定します。',
  ],
  [
    "the revision that the change of {path} is based on is missing",
    "{path}の変更の基になるリビジョンが指定されていません",
  ],
  ["Send the ETag of the object as If-Match.", "オブジェクトのETagをIf-Matchで送ってください。"],
  ["a diff needs to know from when on", "差分にはいつからかの指定が必要です"],
  [
    "add from=MOMENT: a time with its zone, a date, or the number of a change",
    "from=MOMENTを加えてください。タイムゾーン付きの時刻、日付、変更の番号のいずれかです。",
  ],
  [
    "{path} is of the type {type}: only jobflows and channels take a POST",
    "{path}の型は{type}です。POSTを受け付けるのはジョブフローとチャネルだけです",
  ],
  [
    "change an object with PATCH, or make one with PUT",
    "オブジェクトの変更はPATCH、作成はPUTで行います。",
  ],
  [
    "the parameters of a jobflow are a JSON object",
    "ジョブフローのパラメータはJSONオブジェクトです",
  ],
  ['send for example {"service": "httpd"}', 'たとえば{"service": "httpd"}のように送ってください。'],
  [
    "{path} is no jobflow but of the type {type}",
    "{path}の型は{type}で、ジョブフローではありません",
  ],
  ["start the jobflow that uses it", "それを使うジョブフローを開始してください。"],
  [
    "{path} cannot be run: no version of it compiles",
    "コンパイルできる版がないため、{path}を実行できません",
  ],
  [
    "see its errors with 'tsunagi check', correct them, and save it again",
    "'tsunagi check'でエラーを確認し、直してから保存し直してください。",
  ],
  ["{path} is no channel but of the type {type}", "{path}の型は{type}で、チャネルではありません"],

  // Processes.
  [
    "POST on a process needs to say what to do, and one thing at a time",
    "プロセスへのPOSTでは、することを1つ指定してください",
  ],
  [
    "Add ?cancel to cancel it, ?suspend, ?resume, ?rerun=start or ?rerun=failed, ?step or ?step=false, or ?decide=go&turn=12.",
    "中止するには?cancelを、一時停止と再開には?suspendと?resumeを、再実行するには?rerun=startまたは?rerun=failedを、ステップ実行の切り替えには?stepまたは?step=falseを、判断には?decide=go&turn=12のように付けてください。",
  ],
  ["a decision names the turn that it is about", "判断には、対象のターンの指定が必要です"],
  [
    "It stands in the process's field 'held'; add it as &turn=12.",
    "ターンはプロセスのフィールド'held'にあります。&turn=12のように付けてください。",
  ],
  [
    "name it by its number or its path, such as /process/17",
    "番号か、/process/17のようなパスで指定してください。",
  ],
  [
    "a connection watches at most {limit} topics",
    "1つの接続で監視できるトピックは{limit}個までです",
  ],
  ["there is no topic '{topic}'", "トピック'{topic}'はありません"],
  [
    "Topics are 'processes', 'process/17' and 'objects/nodes/web01'.",
    "トピックは'processes'、'process/17'、'objects/nodes/web01'のように指定します。",
  ],

  // Starting a server.
  ["port {port} on {host} is in use", "{host}のポート{port}は使用中です"],
  [
    "End the other program or choose another one with --port.",
    "使用中のプログラムを終了するか、--portで別のポートを指定してください。",
  ],
  [
    "port {port} on {host} may not be opened by this user",
    "このユーザーは{host}のポート{port}を開けません",
  ],
  ["Choose one of 1024 or above with --port.", "--portで1024以上を指定してください。"],
  ["{host} is no address of this machine", "{host}はこのマシンのアドレスではありません"],
  [
    "Choose 127.0.0.1, 0.0.0.0 or one of the machine's own with --host.",
    "--hostで127.0.0.1、0.0.0.0、またはこのマシンのアドレスを指定してください。",
  ],
];
