import type { Span } from "./span.ts";

/**
 * The tree of a jobflow, as the parser gives it and the checker, compiler, printer and editor read it.
 * Every node has a span. Where the source was broken the parser leaves an `error` node, and a
 * diagnostic says why; a tree with error nodes is never compiled.
 */
export interface Jobflow {
  kind: "jobflow";
  span: Span;
  parameters: Parameter[];
  chain: Chain | null;
  comments: Comment[];
}

export interface Comment {
  span: Span;
  /** With the `#`. */
  text: string;
}

export interface Name {
  span: Span;
  text: string;
}

export interface Parameter {
  span: Span;
  name: Name;
  default: Expression | null;
}

/** `A -> B => C`: the first link's connector is null. Read from left to right. */
export interface Chain {
  span: Span;
  links: Link[];
}

export type Connector = "->" | "=>" | "->>" | "=>>";

export interface Link {
  connector: { span: Span; text: Connector } | null;
  job: Job;
}

// ---- Jobs -------------------------------------------------------------------------------------

export type Job =
  | BracketJob
  | AssignmentJob
  | UpdateJob
  | EventJob
  | BuiltinJob
  | Block
  | ErrorNode;

/** `[e]`, `[e: arguments]`: a command or a call; what it is shows the value, when it runs. */
export interface BracketJob {
  kind: "bracket";
  span: Span;
  /** `['uname']`, `[./flow]`, `[cmd]`, `[obj.method]` (a member whose name may be a method). */
  target: Expression;
  arguments: Argument[];
}

/** `[x = e, __host__ = h]` */
export interface AssignmentJob {
  kind: "assignment";
  span: Span;
  assignments: Assignment[];
}

export interface Assignment {
  span: Span;
  name: Name;
  value: Expression;
}

/** `[obj.field << e]`, `[obj << {…}]`, `[channel << e]`, `[session << 'text']`. The target is a member or the receiver itself. */
export interface UpdateJob {
  kind: "update";
  span: Span;
  target: Expression;
  value: Expression;
}

/** `<channel>` or, in a session block, `<s>`. */
export interface EventJob {
  kind: "event";
  span: Span;
  channel: Expression;
}

/** `print(e)`, `sleep(30)`, `break` and the like (LANGUAGE section 7, "Jobs"); `break` and `continue` may stand without parentheses. */
export interface BuiltinJob {
  kind: "builtin";
  span: Span;
  name: Name;
  arguments: Argument[];
}

/** Positional (`name` null) or named (`timeout = 5`). */
export interface Argument {
  span: Span;
  name: Name | null;
  value: Expression;
}

// ---- Blocks -----------------------------------------------------------------------------------

export type Block =
  | PlainBlock
  | IfBlock
  | CaseBlock
  | ForBlock
  | WhileBlock
  | ForkBlock
  | PforBlock
  | ChoiceBlock
  | TimeoutBlock
  | LockBlock
  | SessionBlock;

/** `{ x = 1, __host__ = h | chain }`; the head may be empty. */
export interface PlainBlock {
  kind: "plain";
  span: Span;
  assignments: Assignment[];
  chain: Chain | null;
}

/** The first arm is `if c`, the others `elif c`. */
export interface IfBlock {
  kind: "if";
  span: Span;
  arms: { span: Span; condition: Expression; chain: Chain | null }[];
  else: { span: Span; chain: Chain | null } | null;
}

/** `subjects` empty: matches $RESULT. Each pattern of an arm is a list of texts side by side, as the subjects are. */
export interface CaseBlock {
  kind: "case";
  span: Span;
  subjects: Expression[];
  arms: { span: Span; patterns: Expression[][]; chain: Chain | null }[];
  else: { span: Span; chain: Chain | null } | null;
}

/** `{ for v in e | … }` has one name, `{ for k, v in e | … }` two. */
export interface ForBlock {
  kind: "for";
  span: Span;
  names: Name[];
  iterable: Expression;
  chain: Chain | null;
}

export interface WhileBlock {
  kind: "while";
  span: Span;
  condition: Expression;
  chain: Chain | null;
}

export interface ForkBlock {
  kind: "fork";
  span: Span;
  chains: Chain[];
}

export interface PforBlock {
  kind: "pfor";
  span: Span;
  names: Name[];
  iterable: Expression;
  limit: Expression | null;
  chain: Chain | null;
}

/** Each arm's chain begins with what it waits for: an event, `wait(p)`, or (`after`) a time in seconds. */
export interface ChoiceBlock {
  kind: "choice";
  span: Span;
  arms: ChoiceArm[];
}

export type ChoiceArm =
  | { span: Span; after: null; chain: Chain }
  | { span: Span; after: Expression; chain: Chain | null };

export interface TimeoutBlock {
  kind: "timeout";
  span: Span;
  seconds: Expression;
  chain: Chain | null;
  else: { span: Span; chain: Chain | null } | null;
}

export interface LockBlock {
  kind: "lock";
  span: Span;
  object: Expression;
  chain: Chain | null;
}

export interface SessionBlock {
  kind: "session";
  span: Span;
  name: Name;
  assignments: Assignment[];
  chain: Chain | null;
}

// ---- Expressions ------------------------------------------------------------------------------

export type Expression =
  | Literal
  | StringLiteral
  | PatternLiteral
  | PathLiteral
  | NameExpression
  | SpecialExpression
  | ListExpression
  | DictionaryExpression
  | ClosureExpression
  | UnaryExpression
  | BinaryExpression
  | ConditionalExpression
  | MemberExpression
  | IndexExpression
  | SliceExpression
  | CallExpression
  | ErrorNode;

/** `null true false 12 1.5` */
export interface Literal {
  kind: "literal";
  span: Span;
  value: null | boolean | number;
}

/** A string: escapes are worked out, `$name` and `${e}` are parts. Adjacent parts of text are joined. */
export interface StringLiteral {
  kind: "string";
  span: Span;
  quote: "'" | '"' | "'''" | '"""';
  parts: StringPart[];
}

export type StringPart =
  | { kind: "text"; span: Span; text: string }
  /**
   * `$name`, with the whole word as written. The resolver decides whether it, or its part before the first
   * non-ASCII letter, is a variable; if neither is, the text stays as it is, with the dollar.
   */
  | { kind: "variable"; span: Span; word: string }
  | { kind: "expression"; span: Span; expression: Expression };

/** `r'…' g'…' i'…'`. Text as written; in `r` nothing is replaced. `parts` of `g` and `i` may hold variables. */
export interface PatternLiteral {
  kind: "pattern";
  span: Span;
  dialect: "r" | "g" | "i";
  parts: StringPart[];
}

/** As written and unquoted (`/nodes/'web-01.example.com'` is `/nodes/web-01.example.com`): absolute or relative, not worked out. */
export interface PathLiteral {
  kind: "path";
  span: Span;
  path: string;
}

/** A variable, a context variable (`__host__`), or `self`. */
export interface NameExpression {
  kind: "name";
  span: Span;
  name: string;
}

/** `$STATUS $RESULT $ERROR $REASON` as an operand. */
export interface SpecialExpression {
  kind: "special";
  span: Span;
  name: "STATUS" | "RESULT" | "ERROR" | "REASON";
}

export interface ListExpression {
  kind: "list";
  span: Span;
  elements: Expression[];
}

export interface DictionaryExpression {
  kind: "dictionary";
  span: Span;
  entries: { span: Span; key: Name; value: Expression }[];
}

/** `{|a, b = 10| chain}`, `{|| chain}` */
export interface ClosureExpression {
  kind: "closure";
  span: Span;
  parameters: Parameter[];
  chain: Chain | null;
}

export interface UnaryExpression {
  kind: "unary";
  span: Span;
  operator: "-" | "not";
  operand: Expression;
}

export type BinaryOperator =
  | "*"
  | "/"
  | "//"
  | "%"
  | "+"
  | "-"
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "in"
  | "not in"
  | "=~"
  | "!~"
  | "and"
  | "or";

export interface BinaryExpression {
  kind: "binary";
  span: Span;
  operator: BinaryOperator;
  left: Expression;
  right: Expression;
}

/** `a if c else b` */
export interface ConditionalExpression {
  kind: "conditional";
  span: Span;
  condition: Expression;
  then: Expression;
  else: Expression;
}

/** `x.y` */
export interface MemberExpression {
  kind: "member";
  span: Span;
  object: Expression;
  name: Name;
}

/** `x[i]` */
export interface IndexExpression {
  kind: "index";
  span: Span;
  object: Expression;
  index: Expression;
}

/** `x[i:j]`, either may be left out. */
export interface SliceExpression {
  kind: "slice";
  span: Span;
  object: Expression;
  from: Expression | null;
  to: Expression | null;
}

/** `f(a, name = b)`: a built-in function. */
export interface CallExpression {
  kind: "call";
  span: Span;
  function: Name;
  arguments: Argument[];
}

/** Stands where nothing sensible could be read; a diagnostic says why. */
export interface ErrorNode {
  kind: "error";
  span: Span;
}
