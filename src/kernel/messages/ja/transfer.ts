import type { Sentence } from "../../translation.ts";

/** What goes in and out in bulk says: transactions, imports, exports, spreadsheets, files of objects. */
export const transfer: readonly Sentence[] = [
  // Transactions.
  [
    "nothing was changed: {wrong} of {count} operations are wrong; {place}: {fault}",
    "何も変更していません: {count}件の操作のうち{wrong}件に誤りがあります。{place}: {fault}",
  ],
  [
    "correct all that is listed; a dry run says whether more is wrong",
    "表示された誤りをすべて直してください。ほかの誤りは試行(dry run)で確認できます。",
  ],
  [
    "a transaction has at most {limit} operations, not {count}",
    "1つのトランザクションの操作は{limit}件までですが、{count}件あります",
  ],
  ["import them, which takes any number", "件数に制限のないインポートを使ってください。"],
  [
    "the operations {first} and {second} have the same tempId '{name}'",
    "操作{first}と{second}のtempIdが同じ'{name}'です",
  ],
  [
    "use `put` to replace it, or `update` to change some of its fields",
    "置き換えるには`put`、一部のフィールドの変更には`update`を使ってください。",
  ],
  ["an operation names its object in one way", "操作の対象のオブジェクトは1通りで指定してください"],
  ["give one of path, id and ref", "path、id、refのいずれか1つを指定してください。"],
  [
    "no operation made an object with tempId '{name}'",
    "tempId '{name}'のオブジェクトを作成した操作がありません",
  ],
  [
    "give the operation that makes it this tempId, and see whether that one is refused",
    "作成する操作にこのtempIdを付け、その操作が拒否されていないか確認してください。",
  ],
  ["'{name}' is nobody to grant rights to", "'{name}'に権限を与えることはできません"],
  [
    "write user:NAME, group:NAME or everyone",
    "user:NAME、group:NAME、everyoneのいずれかで書いてください。",
  ],
  [
    "field '{field}': expected {what}, got {given}",
    "フィールド'{field}'には{what}が必要ですが、{given}でした",
  ],
  [
    "more than {limit} objects are refused only when all are written; nothing was changed",
    "{limit}個を超えるオブジェクトの誤りは、すべて書き込むときまで分かりません。何も変更していません",
  ],

  // Changes of what a search finds.
  [
    "the search finds others than in the preview: {added} new, {gone} no longer, {changed} changed meanwhile",
    "検索の結果がプレビューと違います: 追加{added}件、除外{gone}件、変更{changed}件",
  ],
  ["look at a new preview, and apply that", "新しいプレビューを確認し、それを適用してください。"],
  [
    "the search finds more than {limit} objects, too many for one change",
    "検索で見つかるオブジェクトが{limit}個を超えているため、1回の変更では処理できません",
  ],
  [
    "narrow it, and change them in several steps",
    "検索を絞り込み、何回かに分けて変更してください。",
  ],
  ["this is no fingerprint of a preview", "プレビューのfingerprintではありません"],
  [
    "send what the preview gave as `fingerprint`",
    "プレビューで得た`fingerprint`を送ってください。",
  ],

  // Rows.
  [
    "nothing was imported: {count} rows are wrong; {place}: {fault}",
    "何もインポートしていません: {count}行に誤りがあります。{place}: {fault}",
  ],
  [
    "nothing was imported: 1 row is wrong; {place}: {fault}",
    "何もインポートしていません: 1行に誤りがあります。{place}: {fault}",
  ],
  [
    "correct them, or import the others without --stop",
    "誤りを直すか、--stopを付けずに残りをインポートしてください。",
  ],
  [
    "nothing was deleted, as there are rows that do not say which object they are",
    "どのオブジェクトか分からない行があるため、何も削除していません",
  ],
  ["a row before is about {path}, too", "前の行も{path}についてのものです"],
  ["the row does not say which object it is about", "どのオブジェクトについての行か分かりません"],
  [
    "give it a path or an id, or find objects by a unique field",
    "パスかIDを書くか、一意のフィールドでオブジェクトを特定してください。",
  ],
  [
    "to find objects by '{field}', their type is needed",
    "'{field}'でオブジェクトを特定するには、型の指定が必要です",
  ],
  ["several objects have this {field}", "この{field}を持つオブジェクトが複数あります"],
  ["the row does not say of which type its object is", "行のオブジェクトの型が分かりません"],
  ["give it a type, or say one for all rows", "行に型を書くか、すべての行の型を指定してください。"],
  [
    "there is no such object, and the row has no path",
    "該当するオブジェクトがなく、行にパスもありません",
  ],
  ["give it a path, so that it can be made", "作成できるように、パスを書いてください。"],
  ["{path} is a {type}, no {other}", "{path}の型は{type}で、{other}ではありません"],
  ["the file is empty", "ファイルが空です"],
  ["the file is not UTF-8", "ファイルの文字コードがUTF-8ではありません"],
  [
    "Save it as UTF-8; spreadsheets call it 'CSV UTF-8'.",
    "UTF-8で保存してください。表計算ソフトでは「CSV UTF-8」です。",
  ],
  [
    "line {line} of the file is longer than {limit} characters",
    "ファイルの{line}行目が{limit}文字を超えています",
  ],
  ["{fault} (line {line}, column {column})", "{fault}({line}行目{column}列目)"],
  [
    "a quotation mark inside of a cell that does not begin with one",
    "引用符で始まらないセルの中に引用符があります",
  ],
  ["text after the closing quotation mark", "閉じる引用符の後に文字があります"],
  ["a quotation mark is opened and never closed", "引用符が閉じられていません"],
  [
    "the row is too long; is a quotation mark left open?",
    "行が長すぎます。引用符の閉じ忘れがないか確認してください",
  ],
  [
    "it has {count} cells, but there are {columns} columns",
    "セルが{count}個ありますが、列は{columns}列です",
  ],
  ["the names of the columns cannot be read: {fault}", "列の名前を読めません: {fault}"],
  ["the column {column} has no name", "列{column}に名前がありません"],
  ["there are two columns '{name}'", "列'{name}'が2つあります"],
  [
    "The first row names the columns: path, type, and fields of the type.",
    "最初の行に列の名前を書きます: path、type、型のフィールド。",
  ],
  ["no YAML: {fault}", "YAMLとして正しくありません: {fault}"],
  ["no JSON: {fault}", "JSONとして正しくありません: {fault}"],
  [
    "no object: expected path, type and fields",
    "オブジェクトではありません: path、type、fieldsが必要です",
  ],
  [
    "'{key}' is unknown: values stand below 'fields'",
    "'{key}'は使えません(値は'fields'の下に書きます)",
  ],
  ["'path' must be a text", "'path'は文字列でなければなりません"],
  ["'id' must be a whole number", "'id'は整数でなければなりません"],
  ["'type' must be a text", "'type'は文字列でなければなりません"],
  ["'fields' must hold values by name", "'fields'には値を名前ごとに書きます"],
  [
    "'grants' must hold lists of {rights} by user:NAME, group:NAME",
    "'grants'には{rights}のリストをuser:NAME、group:NAMEごとに書きます",
  ],

  ["the first", "最初の行"],
  ["what may be deleted is not said", "削除してよい範囲が指定されていません"],
  [
    "Say below which directory, or by which search, what is in no row is deleted.",
    "行にないものを削除する範囲を、ディレクトリか検索式で指定してください。",
  ],
  ["the file is larger than {limit} bytes", "ファイルが{limit}バイトを超えています"],
  ["Divide it into several.", "いくつかに分けてください。"],
  ["the import was cancelled", "インポートは中止されました"],

  // Spreadsheets.
  [
    "this is no spreadsheet (xlsx) that can be read: {why}",
    "読める表計算ファイル(xlsx)ではありません: {why}",
  ],
  ["its sheets are: {names}", "シートは{names}です。"],
  ["no sheet is named '{name}'", "'{name}'という名前のシートはありません"],
  ["it has no sheet", "シートがありません"],
  ["its sheet is missing", "シートが見つかりません"],
  ["its sheet is damaged ({fault})", "シートが壊れています({fault})"],
  ["it is none, or it is encrypted", "xlsxでないか、暗号化されています"],
  ["it holds too much", "内容が大きすぎます"],
  ["it is damaged ({fault})", "壊れています({fault})"],
  ["its texts are too long", "文字列が長すぎます"],
  [
    "the cell in column {column} shows the error {error}",
    "列{column}のセルがエラー{error}になっています",
  ],
  ["{what}, as spreadsheet programs take no more", "{what}(表計算ソフトの上限)"],
  ["a sheet has at most {limit} rows", "1つのシートは{limit}行までです"],
  ["the cell {cell} would hold more than {limit} characters", "セル{cell}が{limit}文字を超えます"],
  ["export it as CSV", "CSVでエクスポートしてください。"],

  // Reports of the command line.
  ["operation {index}", "操作{index}"],
  ["and {count} more objects", "ほか{count}個のオブジェクト"],
  ["and {count} more", "ほか{count}件"],
  [
    "{rows} rows: {created} created, {updated} updated, {deleted} deleted, {unchanged} unchanged, {wrong} wrong",
    "{rows}行: 作成{created}、更新{updated}、削除{deleted}、変更なし{unchanged}、誤り{wrong}",
  ],
  [
    "{rows} rows: {created} created, {updated} updated, {deleted} deleted, {unchanged} unchanged, {wrong} wrong, as {changes}",
    "{rows}行: 作成{created}、更新{updated}、削除{deleted}、変更なし{unchanged}、誤り{wrong}({changes})",
  ],
  ["change {number}", "変更{number}"],
  ["changes {first} to {last}", "変更{first}から{last}"],
  ["cancelled; done before: {counts}", "中止しました。それまでの結果: {counts}"],
  ["would be: {counts}", "実行した場合: {counts}"],
  ["{rows} rows", "{rows}行"],
  ["would change {count} of {found} objects", "{found}個のうち{count}個のオブジェクトを変更します"],
  ["{found} objects; nothing has changed", "{found}個のオブジェクト(変更はありません)"],
  ["nothing has changed", "変更はありません"],
  ["Do it? (y/n) ", "実行しますか? (y/n) "],
  ["left as it is, of no object: {file}", "オブジェクトのないファイルを残しました: {file}"],
  ["{count} objects, {files} files changed", "{count}個のオブジェクト、変更したファイル{files}個"],
  [
    "these columns are worked out, and were left out: {columns}",
    "計算で得られる列なので除外しました: {columns}",
  ],
  [
    "the import was cancelled; nothing was changed",
    "インポートは中止されました。何も変更していません",
  ],
  [
    "the name {file} does not say of which format it is",
    "{file}という名前からは形式が分かりません",
  ],
  [
    "Say it with --format: csv, xlsx, yaml or jsonl.",
    "--formatでcsv、xlsx、yaml、jsonlのいずれかを指定してください。",
  ],
  [
    "A batch is a number of rows from 1 to 100000.",
    "一度に処理する行数には1から100000までの数を指定します。",
  ],
  ["the name of {path} is too long for a file", "{path}の名前がファイル名として長すぎます"],
  [
    "Export it with --format yaml, into one file.",
    "--format yamlで1つのファイルにエクスポートしてください。",
  ],
  ["{file} is no YAML: {fault}", "{file}はYAMLとして正しくありません: {fault}"],
  ["{file} holds no operations: {fault}", "{file}に操作がありません: {fault}"],
  [
    "Write a list such as `- {op: create, path: /racks/r1, type: Rack, fields: {}}`.",
    "`- {op: create, path: /racks/r1, type: Rack, fields: {}}`のようなリストを書いてください。",
  ],
  ["the operations", "操作"],
  ["the fields", "フィールド"],
  ["the fields are no JSON object", "フィールドがJSONオブジェクトではありません"],
  ['Write them as {"host": "192.0.2.1"}.', '{"host": "192.0.2.1"}のように書いてください。'],
  ["'{text}' gives no field a value", "'{text}'はフィールドの値の指定になっていません"],
  ["Write FIELD=VALUE, or FIELD:=JSON.", "FIELD=VALUEかFIELD:=JSONの形で書いてください。"],

  // Files of objects.
  ["the content {hash} was removed meanwhile", "内容{hash}は削除されています"],
  ["upload it again", "もう一度アップロードしてください。"],
  [
    "{user} has uploaded {bytes} bytes to which no object refers; at most {limit} are kept",
    "{user}がアップロードしてどのオブジェクトにも使われていないものが{bytes}バイトあります(上限は{limit})",
  ],
  [
    "refer to what was uploaded, or wait a day until it is removed",
    "アップロードしたものをオブジェクトで使うか、1日後に削除されるまで待ってください。",
  ],
  ["a field of kind file, and {type} has none", "種類fileのフィールド({type}にはありません)"],
  ["a field of kind file: {names}", "種類fileのフィールド({names})"],
  ["one of kind {kind}", "種類{kind}のもの"],
  ["the field '{field}' of {path} is empty", "{path}のフィールド'{field}'は空です"],
  [
    "put a file into it: tsunagi object attach {path} {field} FILE",
    "ファイルを入れてください: tsunagi object attach {path} {field} FILE",
  ],
  [
    "the file is too large: at most {limit} bytes are taken here",
    "ファイルが大きすぎます({limit}バイトまで)",
  ],
  [
    "the file is too large ({bytes} bytes): at most {limit} bytes are taken here",
    "ファイルが大きすぎます({bytes}バイト、上限は{limit}バイト)",
  ],
  [
    "keep it where it is, and store a path or an address of it instead",
    "ファイルは今の場所に置き、代わりにパスかアドレスを保存してください。",
  ],
  ["the content {hash} is not in the store", "内容{hash}が保管場所にありません"],
  [
    "restore the directory 'attachments' of the data directory from the backup that belongs to the database",
    "データベースと同じバックアップから、データディレクトリの'attachments'を復元してください。",
  ],
  [
    "the disk that holds {directory} has no room for the file",
    "{directory}のあるディスクに、ファイルの入る空きがありません",
  ],
  [
    "make room on that disk, and try again; some of it stays free for the database",
    "ディスクに空きを作ってから、もう一度試してください。一部はデータベースのために空けておきます。",
  ],
  ["a file of at most {limit} bytes", "{limit}バイト以下のファイル"],
  ["one of {bytes} bytes", "{bytes}バイトのもの"],
  ["a file of the type {types}", "{types}形式のファイル"],
  [
    "an uploaded file: {attachment: HASH, name: FILENAME}",
    "アップロードしたファイル({attachment: HASH, name: FILENAME})",
  ],
  ["the hash that the upload gave", "アップロードで得たハッシュ"],
  [
    "a file name of 1 to 255 characters, without slashes and control characters",
    "1から255文字で、スラッシュと制御文字のないファイル名",
  ],
  ["a media type such as image/png", "image/pngのようなメディアタイプ"],
  [
    "a file that you uploaded within the last 24 hours, or that an object holds which you may read",
    "24時間以内に自分でアップロードしたか、読む権限のあるオブジェクトにあるファイル",
  ],
  ["the name of the file is not one", "ファイル名が正しくありません"],
  ["is no name of a file", "ファイル名として正しくありません"],
  [
    "Give 1 to 255 characters without slashes and control characters: ?field=photo&name=rack.jpg",
    "1から255文字で、スラッシュと制御文字のない名前を指定してください: ?field=photo&name=rack.jpg",
  ],
  [
    "the connection broke off before all of the file came",
    "ファイルがすべて届く前に接続が切れました",
  ],
  [
    "Send it again; nothing of it is kept.",
    "もう一度送ってください。途中までのものは残っていません。",
  ],
  [
    "the file has {bytes} bytes, and not those asked for",
    "ファイルは{bytes}バイトで、要求された範囲はありません",
  ],
  ["ask for a range within bytes=0-{last}", "bytes=0-{last}の範囲で指定してください。"],
  ["there is a file {file} already", "ファイル{file}はすでにあります"],
  [
    "name where to save it: tsunagi object download PATH {field} {file}",
    "保存先を指定してください: tsunagi object download PATH {field} {file}",
  ],
  ["the connection broke off", "接続が切れました"],
  ["what arrived is not what the server has", "届いた内容がサーバのものと違います"],
  ["the file was not saved: {why}", "ファイルは保存されていません: {why}"],
  ["Try again.", "もう一度試してください。"],
];
