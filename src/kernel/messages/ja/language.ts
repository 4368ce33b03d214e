import type { Sentence } from "../../translation.ts";

/** What diagnostics of jobflows say. */
export const language: readonly Sentence[] = [
  // What was expected and found.
  [
    "expected {what}, found the end of the file",
    "{what}が必要ですが、ここでファイルが終わっています",
  ],
  ["expected {what}, found {found}", "{what}が必要なところに{found}があります"],
  ["{closing} for the {opening} in line {line}", "{line}行目の{opening}を閉じる{closing}"],
  ["a string", "文字列"],
  ["a pattern", "パターン"],
  ["a job", "ジョブ"],
  ["a job before the connector", "コネクタの前のジョブ"],
  ["a connector or the end of the file", "コネクタまたはファイルの終わり"],
  [
    "a connector ({connectors}) or the end of the block",
    "コネクタ({connectors})またはブロックの終わり",
  ],
  ["'|' or ',' after the parameter", "パラメータの後の'|'または','"],
  ["'|' after the head of the block", "ブロックの先頭部分の後の'|'"],
  ["'}': else is the last arm", "'}'(elseは最後に書きます)"],
  ["a command, a call, an assignment or an update", "コマンド、呼び出し、代入、更新のいずれか"],
  ["the head of a block", "ブロックの先頭部分"],
  ["a comparison", "比較"],
  ["an expression", "式"],
  ["a key", "キー"],
  ["the name of a field", "フィールドの名前"],
  ["the name of a variable", "変数の名前"],
  ["the name of a loop variable", "繰り返しの変数の名前"],
  ["the name of a parameter", "パラメータの名前"],
  ["the name of the session", "セッションの名前"],

  // How it is written.
  ["A command stands in a bracket: ['uname -a'].", "コマンドは角括弧の中に書きます: ['uname -a']"],
  ["A call stands in a bracket: [./flow].", "呼び出しは角括弧の中に書きます: [./flow]"],
  ["An assignment stands in a bracket: [{name} = …].", "代入は角括弧の中に書きます: [{name} = …]"],
  [
    "Write [{name}] to run or call it, {function}(…) if it is built in.",
    "実行や呼び出しは[{name}]、組み込みなら{function}(…)と書きます。",
  ],
  [
    "Jobs are ['command'], [./flow: 1], [x = 1], [object.field << 1], <channel>, print(…) and { … | … }.",
    "ジョブは['コマンド']、[./flow: 1]、[x = 1]、[object.field << 1]、<channel>、print(…)、{ … | … }のいずれかです。",
  ],
  [
    "Between two jobs stands a connector: [a] -> [b].",
    "ジョブとジョブの間にはコネクタを書きます: [a] -> [b]",
  ],
  ["The connectors are {connectors}.", "コネクタは{connectors}です。"],
  ["Parameters are |a| |b = 1|.", "パラメータは|a| |b = 1|のように書きます。"],
  ["'Greater than or equal' is written >=.", "「以上」は>=と書きます。"],
  [
    "A field is written with an update: [{field} << value].",
    "フィールドは更新で書き換えます: [{field} << value]",
  ],
  ["An assignment is [name = value]; a comparison is ==.", "代入は[name = value]、比較は==です。"],
  [
    "Arguments stand behind a colon: [./flow: 1, name = 2].",
    "引数はコロンの後に書きます: [./flow: 1, name = 2]",
  ],
  [
    "A quotation mark inside of a string is written \\' or \\\".",
    "文字列の中の引用符は\\'または\\\"と書きます。",
  ],
  ["An event is <channel>.", "イベントは<channel>と書きます。"],
  [
    "A block is { | … }, { x = 1 | … } or begins with if, case, for, while, fork, pfor, choice, timeout, lock or session.",
    "ブロックは{ | … }や{ x = 1 | … }と書くか、if、case、for、while、fork、pfor、choice、timeout、lock、sessionのいずれかで始めます。",
  ],
  ["A comparison is written with ==.", "比較は==と書きます。"],
  [
    "An arm is written 'pattern': jobs, or else: jobs.",
    "分岐は'パターン': ジョブ、またはelse: ジョブと書きます。",
  ],
  [
    "A loop is { for x in list | … } or { for key, value in dictionary | … }.",
    "繰り返しは{ for x in list | … }または{ for key, value in dictionary | … }と書きます。",
  ],
  [
    "An if is { if c | jobs elif c: jobs else: jobs }.",
    "ifは{ if 条件 | ジョブ elif 条件: ジョブ else: ジョブ }と書きます。",
  ],
  [
    "The head of a block ends with '|', not with ':'.",
    "ブロックの先頭部分の終わりは':'ではなく'|'です。",
  ],
  [
    "A block is { head | jobs }; the head may be empty: { | jobs }.",
    "ブロックは{ 先頭部分 | ジョブ }です。先頭部分は空でもかまいません: { | ジョブ }",
  ],
  [
    "A condition in an expression has both sides: a if condition else b.",
    "式の中の条件には両方の値が必要です: a if 条件 else b",
  ],
  ["An element is read with a bracket: list[0].", "要素は角括弧で取り出します: list[0]"],
  ["Put it in parentheses: (not x).", "丸括弧で囲んでください: (not x)"],
  [
    "'{word}' is a reserved word and names no variable.",
    "'{word}'は予約語なので、変数の名前にはなりません。",
  ],
  [
    "An update stands in a bracket: [object.field << value].",
    "更新は角括弧の中に書きます: [object.field << value]",
  ],
  ["Keys are texts: quote it.", "キーは文字列です。引用符で囲んでください。"],
  [
    "A closure is {|a, b| … }; one without parameters is {|| … }.",
    "クロージャは{|a, b| … }、パラメータがなければ{|| … }と書きます。",
  ],
  [
    "${ begins an expression; \\$ is a plain dollar.",
    "${は式の始まりです。$そのものは\\$と書きます。",
  ],

  // Habits from elsewhere.
  ["'{arrow}' is no connector", "'{arrow}'というコネクタはありません"],
  [
    "A command stands in a bracket: ['{command}'].",
    "コマンドは角括弧の中に書きます: ['{command}']",
  ],
  [
    "What it is given stands in parentheses: {name}(…).",
    "渡すものは丸括弧の中に書きます: {name}(…)",
  ],
  ["A block stands in braces: {block}.", "ブロックは波括弧で囲みます: {block}"],
  ["A channel is named by its path: </{name}>.", "チャネルはパスで書きます: </{name}>"],
  ["A comment begins with #.", "コメントは#で始めます。"],
  ["A dictionary is {key: value}.", "辞書は{キー: 値}と書きます。"],
  [
    "A failure is handled with =>>: { | [a] -> [b] } =>> [./recover].",
    "失敗は=>>で処理します: { | [a] -> [b] } =>> [./recover]",
  ],
  ["A path stands for itself: [./flow].", "パスはそのまま書きます: [./flow]"],
  [
    "A pipe stands within one command: ['a | b'].",
    "パイプは1つのコマンドの中に書きます: ['a | b']",
  ],
  [
    "A procedure is a jobflow of its own, or a closure: [f = {|x| … }].",
    "手順は別のジョブフローか、クロージャにします: [f = {|x| … }]",
  ],
  [
    "A time in a choice is written after 60: jobs.",
    "choiceの中の時間はafter 60: ジョブと書きます。",
  ],
  ["An address is a text: 'https://…'.", "URLは文字列です: 'https://…'"],
  ["An argument with a name is written name = value.", "名前付きの引数は名前 = 値と書きます。"],
  ["Arms follow each other without a comma.", "分岐と分岐の間にコンマは要りません。"],
  ["the next arm", "次の分岐"],
  [
    "Between the head of a block and its jobs stands a '|'.",
    "ブロックの先頭部分とジョブの間には'|'を書きます。",
  ],
  [
    "Between two jobs stands a connector, and no comma: [a] -> [b].",
    "ジョブとジョブの間にはコンマではなくコネクタを書きます: [a] -> [b]",
  ],
  ["Between two jobs stands one connector.", "ジョブとジョブの間のコネクタは1つです。"],
  [
    "Every string replaces $name and ${…}; no letter stands before it.",
    "どの文字列でも$nameと${…}は展開されます。前に文字は付けません。",
  ],
  [
    "In a condition 'or' is written for ||; between jobs it is =>>.",
    "||は、条件の中では'or'、ジョブの間では=>>と書きます。",
  ],
  [
    "Run after a failure, as || in a shell, is written =>>.",
    "失敗したときに実行する(シェルの||)には=>>と書きます。",
  ],
  [
    "Jobs are joined by ->, =>, ->> or =>>, assignments by a comma.",
    "ジョブは->、=>、->>、=>>のいずれか、代入はコンマでつなぎます。",
  ],
  ["Leave it out.", "削除してください。"],
  [
    "Nothing is imported: another flow is called by its path, [./flow].",
    "読み込みは要りません。ほかのジョブフローはパスで呼び出します: [./flow]",
  ],
  ["Parameters stand at the beginning of the flow.", "パラメータはジョブフローの先頭に書きます。"],
  ["Parameters stand between bars: |{name}|.", "パラメータは縦棒で囲みます: |{name}|"],
  ["Texts are joined with +: 'a' + 'b'.", "文字列は+でつなぎます: 'a' + 'b'"],
  [
    "The jobs of a block stand in its own braces: { if c | jobs }.",
    "ジョブはブロック自身の波括弧の中に書きます: { if 条件 | ジョブ }",
  ],
  [
    "The output of a command is $RESULT behind it: ['date'] -> [x = $RESULT].",
    "コマンドの出力は、その後の$RESULTで受け取ります: ['date'] -> [x = $RESULT]",
  ],
  [
    "The quotation mark {mark} does not close it: type {quote}.",
    "{mark}では閉じられません。{quote}を入力してください。",
  ],
  ["The status of the job before is $STATUS.", "前のジョブの終了ステータスは$STATUSです。"],
  [
    "The value comes first: upper(text); a method of an object is called in a bracket: [{name}: 1].",
    "関数には値を先に渡します: upper(text)。オブジェクトのメソッドは角括弧で呼び出します: [{name}: 1]",
  ],
  ["Write it in full: [x = x + 1].", "省略せずに書きます: [x = x + 1]"],
  [
    "Write the job that follows the connector, or leave the connector out.",
    "コネクタの後にジョブを書くか、コネクタを取ってください。",
  ],
  ["'Not equal' is written !=.", "「等しくない」は!=と書きます。"],
  ["'{word}' is written in small letters.", "'{word}'は小文字で書きます。"],
  ["Comparisons are < <= > >=.", "比較は<、<=、>、>=です。"],
  [
    "It is written { case x | 'a': jobs 'b': jobs else: jobs }.",
    "{ case x | 'a': ジョブ 'b': ジョブ else: ジョブ }と書きます。",
  ],
  ["It is written { while not … | … }.", "{ while not … | … }と書きます。"],
  ["It is written { if not … | … }.", "{ if not … | … }と書きます。"],
  ["It is written { fork | … }.", "{ fork | … }と書きます。"],
  [
    "What a flow is given has names: |host| |port = 22| at its beginning.",
    "渡されるものには名前があります。先頭に|host| |port = 22|のように書きます。",
  ],
  [
    "One of the commas is too many, or a value is missing before it.",
    "コンマが1つ多いか、その前の値がありません。",
  ],

  // Characters, numbers, strings, paths.
  ["'{written}' is not '{meant}'", "'{written}'は'{meant}'ではありません"],
  ["Type {meant} with ordinary (half-width) characters.", "{meant}は半角文字で入力してください。"],
  ["a full-width space stands outside of a string", "文字列の外に全角の空白があります"],
  ["the space {code} stands outside of a string", "文字列の外に空白文字{code}があります"],
  ["Type an ordinary blank.", "半角の空白を入力してください。"],
  [
    "the quotation mark {mark} does not begin a string",
    "引用符{mark}で文字列を始めることはできません",
  ],
  ["Strings stand between ' and ' or between \" and \".", "文字列は'と'、または\"と\"で囲みます。"],
  ["unexpected character {character}", "使えない文字{character}があります"],
  ["unexpected characters from {character}", "{character}から先に使えない文字があります"],
  ["unexpected characters {characters}", "使えない文字{characters}があります"],
  [
    "Write 'and' in a condition, '->>' between jobs.",
    "条件では'and'、ジョブの間では'->>'と書きます。",
  ],
  ["Write 'not'.", "'not'と書きます。"],
  [
    "A line may go on anywhere without a backslash.",
    "バックスラッシュがなくても、どこででも改行できます。",
  ],
  ["Write 'a if condition else b'.", "'a if 条件 else b'と書きます。"],
  [
    "'{text}' is no number, and a name does not begin with a digit",
    "'{text}'は数ではありません。名前を数字で始めることもできません",
  ],
  ["Times are written as a number of seconds.", "時間は秒数で書きます。"],
  ["Write a text in quotes.", "文字列は引用符で囲みます。"],
  ["the number '{number}' begins with 0", "数'{number}'が0で始まっています"],
  [
    "Leave the zero out, or write '{number}' in quotes to keep it.",
    "先頭の0を取るか、0を残すなら'{number}'と引用符で囲んでください。",
  ],
  ["the number {number} is too large to be exact", "数{number}は大きすぎて正確に扱えません"],
  [
    "Write it in quotes; integers are exact up to 9007199254740991.",
    "引用符で囲んでください。整数は9007199254740991まで正確です。",
  ],
  ["'{variable}' stands outside of a string", "文字列の外に'{variable}'があります"],
  [
    "Outside of strings a variable is written without the dollar: {name}.",
    "文字列の外では、変数は$を付けずに書きます: {name}",
  ],
  ["this string is not closed on its line", "文字列がその行で閉じられていません"],
  ["this string is not closed", "文字列が閉じられていません"],
  [
    "Close it with {quote}; a text of several lines stands between {quotes}.",
    "{quote}で閉じてください。複数行の文字列は{quotes}で囲みます。",
  ],
  ["Close it with {quote}.", "{quote}で閉じてください。"],
  [
    "the quoted segment of this path is not closed on its line",
    "パスの中の引用符がその行で閉じられていません",
  ],
  ["a path has no empty segments", "パスに空の名前は置けません"],
  ["Write one '/'.", "'/'は1つにしてください。"],
  ["a path does not end with '/'", "パスの最後に'/'は置けません"],
  ["Leave the last '/' out.", "最後の'/'を取ってください。"],
  ["a segment of a path holds no '/'", "パスの中の1つの名前に'/'は使えません"],
  ["Quote each segment for itself.", "名前を1つずつ引用符で囲んでください。"],
  [
    "a key is a plain text; nothing is replaced in it",
    "キーは文字列そのもので、変数は展開されません",
  ],
  ["Write \\$ for a dollar.", "$そのものは\\$と書きます。"],
  ["comparisons do not chain", "比較を続けて書くことはできません"],
  [
    "Join two comparisons with 'and': a < b and b < c.",
    "2つの比較を'and'でつないでください: a < b and b < c",
  ],
  [
    "only a built-in function is called with parentheses",
    "丸括弧で呼び出せるのは組み込み関数だけです",
  ],
  [
    "Flows, closures and methods are called in a bracket: [{name}: 1, 2].",
    "ジョブフロー、クロージャ、メソッドは角括弧で呼び出します: [{name}: 1, 2]",
  ],
  [
    "'{name}' is a reserved word and cannot be the name of a variable",
    "'{name}'は予約語なので、変数の名前にはできません",
  ],
  ["{special} cannot be assigned to", "{special}に代入することはできません"],
  ["Choose another name.", "別の名前にしてください。"],

  // Limits.
  ["nested deeper than the limit of {limit} levels", "入れ子が上限の{limit}段を超えています"],
  [
    "Keep parts in variables, or in a jobflow of their own.",
    "一部を変数か、別のジョブフローに分けてください。",
  ],
  [
    "there are more than {limit} errors; the rest is not shown",
    "エラーが{limit}個を超えたので、残りは表示しません",
  ],
  [
    "the source is longer than the limit of 4 MB ({limit} characters)",
    "ソースが上限の4MB({limit}文字)を超えています",
  ],
  [
    "Keep data in objects, and procedures in several jobflows that call each other.",
    "データはオブジェクトに置き、手順は互いに呼び出す複数のジョブフローに分けてください。",
  ],

  // Names and parameters.
  ["Did you mean '{name}'?", "'{name}'の間違いではありませんか?"],
  ["there is no variable '{name}'", "変数'{name}'はありません"],
  ["The built-in function is written {name}(…).", "組み込み関数は{name}(…)と書きます。"],
  ["A flow is called by its path: [./{name}].", "ジョブフローはパスで呼び出します: [./{name}]"],
  [
    "Make it a parameter, |{name}|, or assign to it: [{again} = …].",
    "パラメータにする(|{name}|)か、代入してください: [{again} = …]",
  ],
  [
    "'{variable}' is no variable of this flow and stays as it stands",
    "'{variable}'はこのジョブフローの変数ではないので、そのまま残ります",
  ],
  ["Write {word} to say that it is meant so.", "意図したものなら{word}と書いてください。"],
  ["nobody reads the parameter '{name}'", "パラメータ'{name}'はどこからも読まれません"],
  ["nobody reads the variable '{name}'", "変数'{name}'はどこからも読まれません"],
  ["Leave it out, or begin its name with '_'.", "削除するか、名前を'_'で始めてください。"],
  [
    "'{name}' is the name of the loop: its next round sets it again",
    "'{name}'は繰り返しの変数なので、次の回で上書きされます",
  ],
  ["Assign to another name.", "別の名前に代入してください。"],
  [
    "the context has no '{name}', so nothing heeds it",
    "コンテキストに'{name}'はないので、効果がありません",
  ],
  ["The context has {names}.", "コンテキストにあるのは{names}です。"],
  ["both names of the loop are '{name}'", "繰り返しの2つの変数がどちらも'{name}'です"],
  ["Give one of them another name.", "どちらかを別の名前にしてください。"],
  ["there are two parameters '{name}'", "パラメータ'{name}'が2つあります"],
  [
    "the required parameter '{name}' stands behind '{optional}', which has a default",
    "必須のパラメータ'{name}'が、既定値のある'{optional}'より後にあります",
  ],
  [
    "Put those with a default last, so that the others can be given by position.",
    "既定値のあるものを最後に置くと、ほかを位置で渡せます。",
  ],

  [
    "this changes the copy of '{name}' that the {function} has, not the variable around it",
    "これは{function}が持つ'{name}'の写しを変えるだけで、外側の変数は変わりません",
  ],
  ["child process", "子プロセス"],
  ["closure", "クロージャ"],
  [
    "Give the value back with return(…), and read it from $RESULT behind the call.",
    "値はreturn(…)で返し、呼び出しの後で$RESULTから受け取ってください。",
  ],
  [
    "Give the value back with return(…), and read it from $RESULT behind the block.",
    "値はreturn(…)で返し、ブロックの後で$RESULTから受け取ってください。",
  ],

  // Built-ins, arguments, keys.
  ["there is no built-in job '{name}'", "組み込みジョブ'{name}'はありません"],
  ["there is no built-in function '{name}'", "組み込み関数'{name}'はありません"],
  [
    "A flow is called in a bracket, [./{name}: …], and so is a closure, [{again}: …].",
    "ジョブフローは[./{name}: …]、クロージャは[{again}: …]と、角括弧で呼び出します。",
  ],
  [
    "Closures are called as jobs: [{name}: …], then $RESULT.",
    "クロージャはジョブとして呼び出し([{name}: …])、結果は$RESULTで受け取ります。",
  ],
  ["'{name}' is a job and gives no value", "'{name}'はジョブなので、値を返しません"],
  ["'{name}' is a function and no job", "'{name}'は関数で、ジョブではありません"],
  ["Let it run as a job of the chain: -> {name}(…).", "ジョブとして書いてください: -> {name}(…)"],
  ["Use its value: [x = {name}(…)].", "値を使ってください: [x = {name}(…)]"],
  [
    "{name}() takes at most {most} argument, not {given}",
    "{name}()の引数は{most}個までですが、{given}個あります",
  ],
  [
    "{name}() takes at most {most} arguments, not {given}",
    "{name}()の引数は{most}個までですが、{given}個あります",
  ],
  [
    "{name}() gets its argument '{argument}' twice",
    "{name}()の引数'{argument}'が2回渡されています",
  ],
  ["{name}() has no parameter '{argument}'", "{name}()に引数'{argument}'はありません"],
  ["{name}() needs its argument '{argument}'", "{name}()には引数'{argument}'が必要です"],
  [
    "spawn() takes the flow as its first argument, without a name",
    "spawn()には、最初の引数としてジョブフローを名前なしで渡します",
  ],
  ["It is {signature}.", "書き方は{signature}です。"],
  ["the argument '{name}' is given twice", "引数'{name}'が2回渡されています"],
  ["Leave one of them out.", "どちらかを削除してください。"],
  ["the key '{name}' is given twice", "キー'{name}'が2つあります"],
  ["The later one wins.", "後のものが有効になります。"],
  ["error parsing regexp: {fault}", "正規表現が正しくありません: {fault}"],

  // Surroundings.
  ["nothing stands at '{path}'", "'{path}'には何もありません"],
  [
    "'{directory}' is there, but holds no '{name}'.",
    "'{directory}'はありますが、その中に'{name}'はありません。",
  ],
  [
    "Make it before this flow runs, or correct the path.",
    "ジョブフローを実行する前に作るか、パスを直してください。",
  ],
  [
    "'{path}' is of the type {type} and cannot be called",
    "'{path}'の型は{type}なので、呼び出せません",
  ],
  ["A call names a jobflow or a script.", "呼び出せるのはジョブフローかスクリプトです。"],
  [
    "{callee} takes at most {most} argument, not {given}",
    "{callee}の引数は{most}個までですが、{given}個あります",
  ],
  [
    "{callee} takes at most {most} arguments, not {given}",
    "{callee}の引数は{most}個までですが、{given}個あります",
  ],
  ["{callee} has no parameter '{name}'", "{callee}にパラメータ'{name}'はありません"],
  ["{callee} gets its argument '{name}' twice", "{callee}の引数'{name}'が2回渡されています"],
  ["{callee} needs its argument '{name}'", "{callee}には引数'{name}'が必要です"],
  ["the closure '{name}'", "クロージャ'{name}'"],
  ["the closure", "クロージャ"],
  ["this closure", "このクロージャ"],
  ["this flow", "このジョブフロー"],
  ["It takes no arguments.", "引数はありません。"],
  ["It takes {parameters}.", "引数は{parameters}です。"],
  [
    "an object of the type {type} has no field '{name}'",
    "{type}型のオブジェクトにフィールド'{name}'はありません",
  ],
  ["Its fields are {names}.", "フィールドは{names}です。"],
  ["there is no type '{name}'", "型'{name}'はありません"],
  ["The types are {names}.", "型には{names}があります。"],

  // Commands.
  [
    "a command has no option '{name}'; this job fails",
    "コマンドにオプション'{name}'はないので、このジョブは失敗します",
  ],
  [
    "a command takes no arguments behind the colon, only options; this job fails",
    "コマンドのコロンの後に書けるのはオプションだけなので、このジョブは失敗します",
  ],
  ["The options are {names}.", "オプションは{names}です。"],
  [
    "the value of '{name}' comes from outside and stands unquoted in a command",
    "外から来た'{name}'の値が、引用されずにコマンドに入っています",
  ],
  [
    "Write {quoted}: whatever it holds is then one word for the shell.",
    "{quoted}と書けば、どんな値でもシェルの1語になります。",
  ],
  [
    "Write {quoted} without the quotation marks around it: they do not help where the value holds one.",
    "周りの引用符を取って{quoted}と書いてください。値に引用符が含まれていると、引用符で囲んでも役に立ちません。",
  ],
  ["it comes from the parameter '{name}'", "パラメータ'{name}'から来ています"],
  ["it comes from the message that arrives there", "ここで届くメッセージから来ています"],
  ["it comes from the output of the command there", "ここのコマンドの出力から来ています"],
  ["it comes from the answer that arrives there", "ここで届く応答から来ています"],
  [
    "this bracket runs nothing: it holds neither a command nor a flow",
    "この角括弧はコマンドでもジョブフローでもないので、何も実行しません",
  ],
  ["An assignment is written with one =.", "代入の=は1つです。"],
  [
    "A command is a string: ['uname -a']; a call names a flow: [./flow].",
    "コマンドは文字列で['uname -a']、呼び出しはパスで[./flow]のように書きます。",
  ],

  // Connectors, control, choices.
  [
    "if the job before this => fails, nobody notices",
    "この=>の前のジョブが失敗しても、誰も気付きません",
  ],
  [
    "Look at $STATUS or $ERROR, handle the failure with =>>, or let it end the flow with ->.",
    "$STATUSか$ERRORを調べる、=>>で失敗を処理する、->で終わらせる、のいずれかにしてください。",
  ],
  [
    "this job never runs: {name} stands before it",
    "前に{name}があるので、このジョブは実行されません",
  ],
  [
    "this job never runs: the loop before it never ends",
    "前の繰り返しが終わらないので、このジョブは実行されません",
  ],
  [
    "this job never runs: the block before it never lets the chain go on",
    "前のブロックから先へは進まないので、このジョブは実行されません",
  ],
  ["this arm never runs: {why}", "この分岐は実行されません: {why}"],
  ["an arm before it has the same condition", "前に同じ条件の分岐があります"],
  ["an arm before it has the same pattern", "前に同じパターンの分岐があります"],
  ["the condition before it is always true", "前の条件がいつも成り立ちます"],
  ["the pattern before it fits every text", "前のパターンがどんな文字列にも当てはまります"],
  ["Leave it out, or correct one of the two.", "削除するか、どちらかを直してください。"],
  ["this one is taken first", "こちらが先に選ばれます"],
  [
    "a number is compared with a text here, and never equals one",
    "ここでは数と文字列を比べていますが、等しくなることはありません",
  ],
  [
    "Write the number without quotation marks: {number}.",
    "数は引用符なしで書いてください: {number}",
  ],
  [
    "Write a number, or make a text of the other side: string(…).",
    "数を書くか、もう一方をstring(…)で文字列にしてください。",
  ],
  ["'{name}' stands outside of a loop", "'{name}'が繰り返しの外にあります"],
  ["'{name}' does not cross a child process", "'{name}'は子プロセスの外には届きません"],
  ["'{name}' does not cross a closure", "'{name}'はクロージャの外には届きません"],
  ["It stands in { for … } or { while … }.", "{ for … }または{ while … }の中に書きます。"],
  [
    "The loop is outside of the fork or pfor; end this part with return().",
    "繰り返しはforkやpforの外にあります。この部分はreturn()で終わらせてください。",
  ],
  [
    "The loop is outside of the closure; end this part with return().",
    "繰り返しはクロージャの外にあります。この部分はreturn()で終わらせてください。",
  ],
  [
    "a choice waits for one request, question or session only, and another arm has one",
    "choiceが待てる要求・質問・セッションは一つだけですが、別の分岐にもあります",
  ],
  ["this is the first one", "最初のものはここです"],
  [
    "Let each run in a child process: { fork | … }.",
    "それぞれを子プロセスで実行してください: { fork | … }。",
  ],
  ["this choice has nothing to wait for", "このchoiceには待つものがありません"],
  [
    "Write arms: { choice | <channel> -> … after 60: … }.",
    "待つものを書いてください: { choice | <channel> -> … after 60: … }",
  ],
  [
    "an arm of a choice begins with what it waits for, and this job waits for nothing",
    "choiceの各分岐は待つもので始めますが、このジョブは何も待ちません",
  ],
  [
    "It begins with <channel>, wait(process), after 60: or a job such as urlopen(…).",
    "<channel>、wait(process)、after 60:、またはurlopen(…)のようなジョブで始めます。",
  ],
  [
    "'{name}' is not built yet: this job fails when it runs",
    "'{name}'はまだ作られていないので、実行すると失敗します",
  ],
  ["Do it with a command for now.", "今のところはコマンドで代用してください。"],
];
