import type { Sentence } from "../../translation.ts";

/** What the object storage says: objects, types, values, permissions, searches, history and undo. */
export const objects: readonly Sentence[] = [
  // Objects and their places.
  ["no object at {path}", "{path}にオブジェクトはありません"],
  ["did you mean {name}?", "{name}の間違いではありませんか?"],
  ["there is no {kind} '{name}'", "{kind} '{name}'はありません"],
  ["there is no user '{name}'", "ユーザー'{name}'はありません"],
  ["there is no group '{name}'", "グループ'{name}'はありません"],
  ["there is an object at {path} already", "{path}にはすでにオブジェクトがあります"],
  [
    "{path} cannot be made: there is no directory {directory}",
    "ディレクトリ{directory}がないため、{path}を作成できません",
  ],
  [
    "make it first, or have what is missing made with ?parents=true",
    "先に作成するか、?parents=trueを付けて足りないものも作成してください。",
  ],
  [
    "did you mean {path}? Else make it first, or have what is missing made with ?parents=true",
    "{path}の間違いではありませんか? 違う場合は、先に作成するか、?parents=trueを付けて足りないものも作成してください。",
  ],
  ["{path} cannot be moved into itself", "{path}を自分自身の中に移動することはできません"],
  ["{path} cannot be copied into itself", "{path}を自分自身の中にコピーすることはできません"],
  ["{path} was not copied", "{path}はコピーされませんでした"],
  ["{path} cannot be changed as an object", "{path}はオブジェクトとしては変更できません"],
  ["{path} cannot be written as an object", "{path}はオブジェクトとしては書き込めません"],
  ["{path} is a {type} and holds no objects", "{path}は{type}で、中にオブジェクトを置けません"],
  ["{path} holds types only, no {type}", "{path}に置けるのは型だけで、{type}は置けません"],
  [
    "a type lives in {directory}, not at {path}",
    "型を置く場所は{directory}で、{path}には置けません",
  ],
  ["{path} is part of the system", "{path}はシステムの一部です"],
  [
    "{path} is part of the system and cannot be {done}",
    "{path}はシステムの一部なので、この操作({done})はできません",
  ],
  [
    "{path} is a {type} and cannot become a {other}",
    "{path}は{type}で、{other}に変えることはできません",
  ],
  ["move or delete it first", "先に移動するか、削除してください。"],

  // Changes by several people.
  ["{path} was changed meanwhile: {basis}, {now}", "{path}は他で変更されました: {basis}、{now}"],
  ["the change says that nothing is there", "変更は新規作成のつもりです"],
  ["the change is based on revision {revision}", "変更の基はリビジョン{revision}です"],
  ["it is not there any more", "オブジェクトはもうありません"],
  ["it is at revision {revision}", "現在はリビジョン{revision}です"],
  [
    "read it again, and repeat the change on what is there now",
    "もう一度読み込み、今の内容に対して変更をやり直してください。",
  ],

  // Permissions and owners.
  ["{user} may not {right} {path}", "{user}には{path}への'{right}'の権限がありません"],
  ["you may not {right} {path}", "{path}への'{right}'の権限がありません"],
  [
    "ask who manages {path} for the right '{right}'",
    "{path}の管理者に、権限'{right}'を依頼してください。",
  ],
  [
    "{user} may not write the field '{field}' of {path}, as he may not see it",
    "{user}には{path}のフィールド'{field}'が見えないため、書き込めません",
  ],
  [
    "it is seen and written by who has the right '{right}' on the object",
    "見たり書き込んだりできるのは、オブジェクトへの権限'{right}'を持つ人です。",
  ],
  [
    "{user} may not see the field '{field}' of {path}",
    "{user}には{path}のフィールド'{field}'を見る権限がありません",
  ],
  [
    "it is seen by who has the right '{right}' on the object",
    "見られるのは、オブジェクトへの権限'{right}'を持つ人です。",
  ],
  [
    "{user} may not make {path} the property of {owner}",
    "{user}は{path}の所有者を{owner}にできません",
  ],
  [
    "let {owner} manage it; who manages it can make himself the owner",
    "{owner}に管理の権限を与えてください。管理できる人は、自分を所有者にできます。",
  ],
  ["nobody could manage {path} any more", "{path}を管理できる人がいなくなります"],
  [
    "let somebody else manage it first, or make yourself the owner",
    "先に他の人に管理の権限を与えるか、自分を所有者にしてください。",
  ],

  // Deletion.
  [
    "the type {type} cannot be deleted: {count} objects are of it",
    "{count}個のオブジェクトで使われているため、型{type}は削除できません",
  ],
  [
    "delete those objects first, or give them another type",
    "先にそれらのオブジェクトを削除するか、別の型にしてください。",
  ],
  [
    "{path} cannot be deleted: {other} refers to it",
    "{other}から参照されているため、{path}は削除できません",
  ],
  ["change what refers to it first", "先に参照元を変更してください。"],
  ["{path} still holds objects", "{path}の中にオブジェクトがあります"],
  [
    "delete them first, or delete recursively",
    "先に削除するか、中のものも含めて削除してください。",
  ],
  [
    "{path} holds more than {limit} objects, too many for one change",
    "{path}の中のオブジェクトが{limit}個を超えているため、1回の変更では処理できません",
  ],
  ["delete the directories in it one by one", "中のディレクトリを1つずつ削除してください。"],
  ["copy the directories in it one by one", "中のディレクトリを1つずつコピーしてください。"],
  ["nothing that is deleted was at {path}", "{path}に削除されたものはありません"],
  ["look at what was deleted in its directory", "ディレクトリの削除されたものを確認してください。"],
  ["'{text}' is no page of a list", "'{text}'は一覧のページではありません"],

  // Types.
  [
    "look at /system/types for what there is, or make it there",
    "/system/typesにある型を確認するか、そこに作成してください。",
  ],
  ["{type} has no field '{name}'", "{type}にフィールド'{name}'はありません"],
  ["{path} ({type}) has no field '{name}'", "{path}({type})にフィールド'{name}'はありません"],
  ["its fields are: {names}", "フィールドは{names}です。"],
  [
    "field '{field}' of {type} cannot be unique: several objects have {value}",
    "値{value}を持つオブジェクトが複数あるため、{type}のフィールド'{field}'を一意にできません",
  ],
  ["no value twice", "重複のない値"],
  ["change the values that stand twice first", "先に重複している値を変更してください。"],
  [
    "a field of {type} cannot change its kind: {why}",
    "{type}のフィールドの種類を変更できません: {why}",
  ],
  [
    "'{field}' of {path}: expected {what}, got {given}; {count} values do not fit",
    "{path}の'{field}'には{what}が必要ですが、{given}でした(合わない値は{count}個)",
  ],
  [
    "'{field}' of {path}: expected {what}, got {given}",
    "{path}の'{field}'には{what}が必要ですが、{given}でした",
  ],
  [
    "objects that you may not read have values that do not fit",
    "読む権限のないオブジェクトに、合わない値があります",
  ],
  [
    "change these values first, or retire the field and add another of the new kind",
    "先にそれらの値を変更するか、このフィールドの使用をやめて新しい種類のフィールドを追加してください。",
  ],
  [
    "the field '{name}' of kind {kind}, which {type} is shipped with",
    "{type}に最初からある、種類{kind}のフィールド'{name}'",
  ],
  ["a field of kind {kind}", "種類{kind}のフィールド"],
  ["a field such as {name: host, kind: string}", "{name: host, kind: string}のようなフィールド"],
  ["a kind such as {kinds}", "{kinds}のような種類"],
  ["a list of fields, each {name, kind, …}", "{name, kind, …}の形のフィールドのリスト"],
  [
    "a name of letters, digits and _, not beginning with a digit",
    "文字、数字、_からなり、数字で始まらない名前",
  ],
  ["a name that no other field has", "他のフィールドと重ならない名前"],
  ["at most {limit} fields", "{limit}個以下のフィールド"],
  ["an option of kind {kind}: {known}", "種類{kind}のオプション({known})"],
  ["the option {name}", "オプション{name}"],
  ["the list of choices", "選択肢のリスト"],
  ["no choices", "選択肢なし"],
  ["no default, as {kind} cannot have one", "既定値なし({kind}には指定できません)"],
  [
    "no other kind than password: what is secret stays so",
    "passwordのままの種類(秘密の値は秘密のままです)",
  ],
  ["no searched, as {kind} holds no text", "searchedなし({kind}はテキストではありません)"],
  [
    "no unique, as a refused value would tell what may not be seen",
    "uniqueなし(拒否された値から、見えない値が分かってしまいます)",
  ],
  ["no {option}, as {kind} cannot be that", "{option}なし({kind}には指定できません)"],
  ["a secret field", "秘密のフィールド"],

  // Values.
  [
    "field '{field}' of {path}: expected {what}, got {given}",
    "{path}のフィールド'{field}'には{what}が必要ですが、{given}でした",
  ],
  ["{given} (and {count} more)", "{given}(ほか{count}件)"],
  ["a value, as it is required", "値(必須です)"],
  ["a value of another kind", "別の種類の値"],
  ["a secret", "秘密の値"],
  ["the object {path}", "オブジェクト{path}"],
  ["a field of {type}: {names}", "{type}のフィールド({names})"],
  ["none, as it has no fields", "フィールドはありません"],
  ["the field {name}", "フィールド{name}"],
  ["an unknown name", "知らない名前"],
  [
    "the values of {path} take {bytes} bytes; an object has at most {limit}",
    "{path}の値が{bytes}バイトあります。1つのオブジェクトは{limit}バイトまでです",
  ],
  [
    "keep large texts outside, and refer to them",
    "大きなテキストは別の場所に置き、参照してください。",
  ],
  ["a value that no other {type} has", "他の{type}と重ならない値"],
  ["that of the object that is copied", "コピー元のオブジェクトの値"],
  ["have such values left out of the copy", "そのような値をコピーから除いてください。"],
  ["a JSON value", "JSONの値"],
  ["a URL such as {example}", "{example}のようなURL"],
  ["a date such as {example}", "{example}のような日付"],
  ["a time with its zone such as {example}", "{example}のようなタイムゾーン付きの時刻"],
  ["a hardware address such as {example}", "{example}のようなMACアドレス"],
  ["a mail address such as {example}", "{example}のようなメールアドレス"],
  ["a network such as {example}", "{example}のようなネットワーク"],
  [
    "the network itself, {network}, not an address in it",
    "アドレスではなく、ネットワーク{network}そのもの",
  ],
  ["an IPv4 address such as {example}", "{example}のようなIPv4アドレス"],
  ["an IPv6 address such as {example}", "{example}のようなIPv6アドレス"],
  ["an IP address such as {example}", "{example}のようなIPアドレス"],
  ["a list", "リスト"],
  ["a list of at least {count} elements", "要素が{count}個以上のリスト"],
  ["a list of at most {count} elements", "要素が{count}個以下のリスト"],
  ["at least {count} choices", "{count}個以上の選択肢"],
  ["at most {count} choices", "{count}個以下の選択肢"],
  ["at least {count} objects", "{count}個以上のオブジェクト"],
  ["at most {count} objects", "{count}個以下のオブジェクト"],
  ["a text of at least {count} characters", "{count}文字以上の文字列"],
  ["a text of at most {count} characters", "{count}文字以下の文字列"],
  ["a list of {what}", "{what}のリスト"],
  ["a list of paths of objects", "オブジェクトのパスのリスト"],
  ["a list that names no choice twice", "選択肢の重複がないリスト"],
  ["a list that names no object twice", "オブジェクトの重複がないリスト"],
  ["a number", "数"],
  ["a number of {limit}", "{limit}の数"],
  ["a whole number", "整数"],
  ["a number of seconds, or a text such as 1h30m", "秒数、または1h30mのような文字列"],
  ["a path that begins with /", "/で始まるパス"],
  ["a text", "文字列"],
  ["a text of one line, without control characters", "制御文字のない1行の文字列"],
  ["a text of whole characters", "文字の途中で切れていない文字列"],
  ["keys of whole characters", "文字の途中で切れていないキー"],
  ["a text that fits the pattern {pattern}", "パターン{pattern}に合う文字列"],
  ["a value at most {limit} levels deep", "入れ子が{limit}段以下の値"],
  ["a value of kind {kind}", "種類{kind}の値"],
  [
    "no secret; only a password field takes one",
    "秘密ではない値(秘密を入れられるのはpasswordのフィールドだけです)",
  ],
  ["one of {known}", "{known}のいずれか"],
  ["the name of a group", "グループの名前"],
  ["the name of a group that exists", "存在するグループの名前"],
  ["the name of a user", "ユーザーの名前"],
  ["the name of a user that exists", "存在するユーザーの名前"],
  ["the password itself, not its mask", "伏せ字ではないパスワードそのもの"],
  ["the path of an object", "オブジェクトのパス"],
  ["the path of an object of type {type}", "{type}型のオブジェクトのパス"],
  [
    "the path of an object that is there and that you may read",
    "存在し、読む権限のあるオブジェクトのパス",
  ],
  ["{what}; {path} is of type {type}", "{what}({path}の型は{type})"],
  ["true or false", "trueまたはfalse"],

  // Search.
  ["{fault} (at character {at})", "{fault}({at}文字目)"],
  ["a search has at most {limit} characters", "検索式は{limit}文字までです"],
  ["this is nested too deeply", "入れ子が深すぎます"],
  ["this text has no closing quote", "引用符が閉じられていません"],
  ["expected a path such as /nodes", "/nodesのようなパスが必要です"],
  ["expected {what}, got the end", "{what}が必要ですが、ここで終わっています"],
  ["expected {what}, got {found}", "{what}が必要なところに{found}があります"],
  ["'and', 'or' or the end", "'and'、'or'または終わり"],
  ["the name of a type", "型の名前"],
  [
    "one of = != < <= > >= ~ !~ in empty exists under",
    "= != < <= > >= ~ !~ in empty exists underのいずれか",
  ],
  ["'.' and a field that refers", "'.'と参照フィールド"],
  ["a field, a text in quotes, or '('", "フィールド、引用符付きの文字列、または'('"],
  ["'(' and a list of values", "'('と値の並び"],
  ["',' or ')'", "','または')'"],
  ["a value", "値"],
  ["'text' takes ~ and !~ only", "'text'に使えるのは~と!~だけです"],
  ["'{name}' refers to no object", "'{name}'はオブジェクトを参照しません"],
  ["'{name}' of {type} refers to no object", "{type}の'{name}'はオブジェクトを参照しません"],
  [
    "an object takes = != in empty exists under, or a field of it after a dot",
    "オブジェクトに使えるのは= != in empty exists underか、'.'とフィールドです",
  ],
  [
    "'{name}' of {type} is of kind {kind} and cannot be compared with '{operator}'",
    "{type}の'{name}'は種類が{kind}なので、'{operator}'では比較できません",
  ],
  [
    "'{name}' of {type} has no index, which this comparison needs",
    "{type}の'{name}'には、この比較に必要な索引がありません",
  ],
  [
    "'{name}' is compared with a day or time such as 2026-04-01",
    "'{name}'は2026-04-01のような日付や時刻と比較します",
  ],
  [
    "'{name}' cannot be compared with '{operator}' here",
    "ここでは'{name}'を'{operator}'で比較できません",
  ],
  [
    "there is no object at {path} that you may read",
    "{path}に、読む権限のあるオブジェクトはありません",
  ],
  ["{path} cannot be searched", "{path}は検索できません"],
  [
    "what is in it is kept elsewhere; list it instead",
    "中のものは別の場所にあります。一覧を使ってください。",
  ],
  ["what is in {path} is searched by itself", "{path}の中は、ほかとは別に検索します"],
  [
    "sort by name, or add a condition on a field that is indexed",
    "名前で並べ替えるか、索引のあるフィールドの条件を加えてください。",
  ],
  ["search for one type at a time", "一度に一つの型を検索してください。"],
  ["there were more than {limit} objects", "オブジェクトが{limit}個より多くありました"],
  [
    "ask for those of one type, or for the directories one by one",
    "一つの型に絞るか、ディレクトリごとに調べてください。",
  ],
  ["there was no type '{type}' then", "その時点では、型'{type}'はありませんでした"],
  ["look at /system/types as it was", "その時点の/system/typesを確認してください。"],
  [
    "this search would read more than {limit} objects of {path} one by one",
    "この検索では、{path}のオブジェクトを{limit}個より多く一つずつ読むことになります",
  ],
  [
    "add the state, such as state = running, or leave out the order: the newest come first",
    "state = runningのように状態を指定するか、並べ替えをやめてください(新しいものから順に並びます)。",
  ],
  ["leave out the order, or ask for fewer at once", "並べ替えをやめるか、対象を絞ってください。"],
  [
    "'{name}' in the query does not go with '{other}' or 'sort'",
    "クエリの'{name}'は、'{other}'や'sort'と一緒には使えません",
  ],
  ["not with ?{other}", "?{other}と一緒には使えません"],
  ["add it to the search: state = running", "検索の条件に加えてください: state = running"],
  ["ask for one of them", "どちらか一方を指定してください。"],
  [
    "{count} objects, {empty} without a value, {distinct} different values",
    "オブジェクト{count}個、値なし{empty}個、異なる値{distinct}個",
  ],
  ["from {min} to {max}, on average {average}", "最小{min}、最大{max}、平均{average}"],
  ["no value occurs several times", "重複している値はありません"],
  [
    "there are more; ask for them with --limit",
    "ほかにもあります。--limitで数を増やしてください。",
  ],
  ["nobody may search by the password '{name}'", "パスワード'{name}'で検索することはできません"],
  ["a search for {type}", "{type}の検索"],
  ["no type", "型なし"],
  ["an object of any type", "任意の型のオブジェクト"],
  ["this is no cursor of a search in this order", "この並び順の検索のカーソルではありません"],
  [
    "send `next` of the page before as it came, together with the same search and sort",
    "前のページの`next`をそのまま、同じ検索式と並び順とともに送ってください。",
  ],
  ["objects cannot be sorted by '{name}'", "オブジェクトを'{name}'で並べ替えることはできません"],
  ["a field of kind {kind} has no order", "種類{kind}のフィールドには順序がありません"],
  [
    "mark the field '{name}' of {type} as indexed",
    "{type}のフィールド'{name}'に索引を付けてください。",
  ],
  [
    "this search would read more than {limit} objects one by one, as {what} has no index",
    "{what}に索引がないため、この検索では{limit}個を超えるオブジェクトを1つずつ読むことになります",
  ],
  [
    "mark the field '{name}' as indexed in its type, or add a condition on a field that is",
    "型でフィールド'{name}'に索引を付けるか、索引のあるフィールドの条件を加えてください。",
  ],
  ["a figure was not answered", "集計の結果が得られませんでした"],
  ["figures are of a field of one type", "集計できるのは1つの型のフィールドです"],
  ["give the type, such as type=Server", "type=Serverのように型を指定してください。"],
  ["nobody may count the values of '{name}'", "'{name}'の値を数えることはできません"],

  // History.
  ["'{text}' is no page of a history", "'{text}'は履歴のページではありません"],
  ["give what `next` of the page before said", "前のページの`next`の値を指定してください。"],
  ["'{text}' is no moment", "'{text}'は時点として正しくありません"],
  [
    "give a time with its zone, such as 2026-11-20T10:00:00Z, a date, or the number of a change",
    "2026-11-20T10:00:00Zのようなタイムゾーン付きの時刻、日付、変更の番号のいずれかを指定してください。",
  ],
  ["there is no change {number}", "変更{number}はありません"],
  [
    "what was at {moment} is not known: the history begins at {begin}",
    "{moment}の状態は分かりません。履歴は{begin}から始まります",
  ],
  [
    "no object was at {path} at either moment",
    "どちらの時点でも、{path}にオブジェクトはありませんでした",
  ],
  ["no object was at {path} then", "その時点で、{path}にオブジェクトはありませんでした"],
  ["no object is or ever was at {path}", "{path}にオブジェクトがあったことはありません"],
  [
    "look at what stood in its directory then, or at its history",
    "その時点のディレクトリの中か、履歴を確認してください。",
  ],
  ["no past is kept of {path}", "{path}の過去は記録されません"],
  ["it is kept of the objects of the tree", "記録されるのはツリーのオブジェクトです。"],
  ["{path} held more than {limit} objects", "{path}の中のオブジェクトが{limit}個を超えていました"],
  [
    "ask for the directories below it one by one",
    "その下のディレクトリを1つずつ指定してください。",
  ],
  [
    "more than {limit} objects have changed between the two moments",
    "2つの時点の間に変更されたオブジェクトが{limit}個を超えています",
  ],
  ["take moments that are nearer to each other", "もっと近い2つの時点を指定してください。"],

  // Undo.
  ["nothing is undone: {conflict}", "元に戻していません: {conflict}"],
  ["{conflict}, by {author} in change {number}", "{conflict}({author}、変更{number})"],
  [
    "look at the conflicts; then leave them out, or name those that may be overwritten",
    "競合を確認し、除外するか、上書きしてよいものを指定してください。",
  ],
  ["an undo needs to know which changes are meant", "どの変更を元に戻すのかを指定してください"],
  [
    "give a change, an author, a cause, or the moment from which on",
    "変更の番号、変更者、原因、開始時点のいずれかを指定してください。",
  ],
  [
    "fields are of one object: say of which",
    "フィールドを指定するときは、オブジェクトも指定してください",
  ],
  [
    "more than {limit} objects are concerned, too many for one change",
    "対象のオブジェクトが{limit}個を超えているため、1回の変更では処理できません",
  ],
  [
    "undo it directory by directory, with 'below'",
    "'below'を使って、ディレクトリごとに元に戻してください。",
  ],
  [
    "{path} would lose a field that it is shipped with",
    "{path}に最初からあるフィールドが失われます",
  ],
  [
    "only administrators may give {path} back to its former owner",
    "{path}を以前の所有者に戻せるのは管理者だけです",
  ],
  ["{path} holds objects that stay: {names}", "{path}の中に残るオブジェクトがあります: {names}"],
  [
    "objects that stay are of the type {path}: {names}",
    "残るオブジェクトの型が{path}です: {names}",
  ],
  ["{other} refers to {path}", "{other}が{path}を参照しています"],
  ["the type of {path} is not there any more", "{path}の型はもうありません"],
  ["the directory of {path} is not there any more", "{path}のディレクトリはもうありません"],
  [
    "{path} cannot go back into its directory, which is no directory for it now",
    "{path}のあったディレクトリは今は置き場所にならないため、戻せません",
  ],
  [
    "the name '{name}' is taken: {other} stands there",
    "名前'{name}'は使われています: {other}があります",
  ],
  [
    "what {field} of {path} referred to is not there any more",
    "{path}の{field}が参照していたものはもうありません",
  ],
  [
    "{other} has the value of {field} that {path} had",
    "{path}にあった{field}の値は、{other}が使っています",
  ],
  ["an object you may not read", "読む権限のないオブジェクト"],
  ["{path} was deleted later", "{path}はその後に削除されました"],
  ["{field} of {path} was changed later", "{path}の{field}はその後に変更されました"],
];
