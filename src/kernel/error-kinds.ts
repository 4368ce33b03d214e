/** What follows from an error's code: the HTTP status, the exit code of the command line, and whether trying again can help. */
export interface ErrorKind {
  status: number;
  exitCode: number;
  retryable: boolean;
  /** A short title for people, without the particulars. */
  title: { en: string; ja: string };
}

const kind = (
  status: number,
  exitCode: number,
  en: string,
  ja: string,
  retryable = false,
): ErrorKind => ({ status, exitCode, retryable, title: { en, ja } });

/**
 * Every failure the platform can report, keyed by its stable code.
 *
 * The code is part of the public contract: the command line prints it, the API returns it, the browser
 * translates it. Add codes freely; never rename or reuse one. A test keeps docs/reference/errors.md equal.
 */
export const errorKinds = {
  ARGUMENT_INVALID: kind(400, 2, "The request is not valid", "リクエストが正しくありません"),
  BODY_INVALID: kind(400, 2, "The body is no valid JSON", "本文が正しい JSON ではありません"),
  BODY_TOO_LARGE: kind(413, 65, "The body is too large", "本文が大きすぎます"),
  RANGE_INVALID: kind(
    416,
    65,
    "The file has no such range of bytes",
    "ファイルにその範囲はありません",
  ),
  MEDIA_TYPE_UNSUPPORTED: kind(
    415,
    65,
    "The body is of a kind that is not taken",
    "この形式の本文は受け付けません",
  ),
  NOT_SIGNED_IN: kind(401, 77, "You are not signed in", "ログインしていません"),
  SIGN_IN_FAILED: kind(401, 77, "Name or password is wrong", "名前またはパスワードが違います"),
  SIGN_IN_LIMITED: kind(429, 75, "Too many failed sign-ins", "ログインの失敗が多すぎます", true),
  TOKEN_INVALID: kind(401, 77, "The token is unknown or revoked", "トークンが無効です"),
  PERMISSION_DENIED: kind(403, 77, "You have no permission for this", "権限がありません"),
  OBJECT_NOT_FOUND: kind(404, 66, "There is no such object", "オブジェクトがありません"),
  ATTACHMENT_NOT_FOUND: kind(404, 66, "There is no such file", "ファイルがありません"),
  ROUTE_NOT_FOUND: kind(404, 66, "There is no such address", "アドレスがありません"),
  METHOD_NOT_ALLOWED: kind(405, 2, "The object does not take this request", "この操作はできません"),
  OBJECT_EXISTS: kind(
    409,
    73,
    "There is an object of this name",
    "同じ名前のオブジェクトがあります",
  ),
  OBJECT_VERSION_CONFLICT: kind(
    409,
    75,
    "Somebody changed it meanwhile",
    "他の変更と競合しました",
    true,
  ),
  OBJECT_PROTECTED: kind(409, 73, "Others refer to it", "他から参照されています"),
  OBJECT_NOT_EMPTY: kind(409, 73, "It still holds objects", "中にオブジェクトがあります"),
  HISTORY_HORIZON: kind(
    410,
    66,
    "The history does not reach back so far",
    "履歴はそこまで遡れません",
  ),
  UNDO_CONFLICT: kind(409, 75, "Later changes are in the way", "後の変更と競合しています"),
  LAST_MANAGER: kind(409, 73, "Nobody could manage it any more", "管理できる人がいなくなります"),
  REVISION_REQUIRED: kind(428, 2, "The revision is missing", "リビジョンが必要です"),
  VALUE_INVALID: kind(422, 65, "A value does not fit its field", "値がフィールドに合いません"),
  OPERATIONS_REFUSED: kind(
    422,
    65,
    "Some of the operations are wrong, nothing was changed",
    "誤りのある操作があるため、何も変更していません",
  ),
  HITS_CHANGED: kind(
    409,
    75,
    "The search finds other objects than in the preview",
    "プレビュー後に検索結果が変わりました",
  ),
  FORMAT_INVALID: kind(
    422,
    65,
    "The file is not of the format that it should be",
    "ファイルの形式が正しくありません",
  ),
  IMPORT_CANCELLED: kind(409, 75, "The import was cancelled", "インポートは中止されました"),
  SEARCH_INVALID: kind(422, 2, "The search is not right", "検索式が正しくありません"),
  SEARCH_TOO_WIDE: kind(
    422,
    65,
    "The search would look at too many objects",
    "検索の対象が多すぎます",
  ),
  NAME_INVALID: kind(422, 65, "The name is not allowed", "使えない名前です"),
  TYPE_UNKNOWN: kind(422, 65, "There is no such type", "型がありません"),
  SYNTAX_ERROR: kind(422, 2, "The jobflow does not compile", "ジョブフローがコンパイルできません"),
  ARGUMENTS_INVALID: kind(422, 2, "The parameters do not fit", "パラメータが合いません"),
  NOT_RUNNABLE: kind(422, 2, "There is no version that compiles", "実行できる版がありません"),
  PROCESS_ENDED: kind(409, 73, "The process has already ended", "プロセスは終了しています"),
  PROCESS_NOT_SUSPENDED: kind(
    409,
    73,
    "The process is not suspended",
    "プロセスは一時停止されていません",
  ),
  PROCESS_LIMIT: kind(
    429,
    75,
    "As many processes run as may run at once",
    "同時に実行できるプロセスの上限に達しています",
    true,
  ),
  NOT_RERUNNABLE: kind(
    409,
    73,
    "The process cannot be run again like this",
    "このプロセスは再実行できません",
  ),
  DECISION_OUTDATED: kind(
    409,
    73,
    "The process no longer waits for this decision",
    "プロセスはこの判断をもう待っていません",
  ),
  LIMIT_EXCEEDED: kind(422, 65, "A limit is exceeded", "上限を超えました"),
  MAILBOX_FULL: kind(429, 75, "The channel is full", "チャネルがいっぱいです", true),
  JOB_MANAGER_UNREACHABLE: kind(
    503,
    69,
    "No job manager is connected",
    "ジョブマネージャが接続されていません",
    true,
  ),
  SERVER_UNREACHABLE: kind(503, 69, "The server cannot be reached", "サーバに接続できません", true),
  SERVER_REPLACED: kind(
    503,
    75,
    "Others took over this server's work",
    "他のサーバがこのサーバの仕事を引き継ぎました",
  ),
  DATABASE_IN_USE: kind(503, 75, "Another server uses this data", "データは別のサーバが使用中です"),
  DATABASE_NEWER: kind(
    500,
    70,
    "The database is of a newer release",
    "データベースが新しい版のものです",
  ),
  DATABASE_UNSUPPORTED: kind(
    500,
    69,
    "This database is not supported yet",
    "このデータベースにはまだ対応していません",
  ),
  STORAGE_FULL: kind(507, 74, "The disk is full", "ディスクに空きがありません", true),
  STORAGE_FAILED: kind(
    503,
    74,
    "The database cannot be written",
    "データベースに書き込めません",
    true,
  ),
  DATABASE_UNREACHABLE: kind(
    503,
    74,
    "The database cannot be reached",
    "データベースに接続できません",
    true,
  ),
  COMMIT_UNKNOWN: kind(
    503,
    74,
    "It is not known whether it was saved",
    "保存されたかどうか分かりません",
  ),
  PORT_IN_USE: kind(503, 69, "The port is in use", "ポートは使用中です"),
  KEY_FILE_INVALID: kind(500, 78, "The key file does not fit", "鍵ファイルが合いません"),
  BACKUP_INVALID: kind(422, 65, "The backup is not whole", "バックアップが完全ではありません"),
  TRANSFER_INCOMPLETE: kind(500, 74, "Something did not arrive", "移せなかったデータがあります"),
  TARGET_NOT_EMPTY: kind(409, 73, "There is something already", "すでにデータがあります"),
  FILE_UNREADABLE: kind(400, 2, "The file cannot be read", "ファイルが読めません"),
  FILE_UNWRITABLE: kind(500, 73, "The file cannot be written", "ファイルに書き込めません"),
  USAGE: kind(400, 2, "The command line is not right", "コマンドの使い方が違います"),
  INTERNAL: kind(500, 70, "Something inside went wrong", "内部エラーが発生しました"),
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorKinds;
