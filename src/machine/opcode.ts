/**
 * The instructions of the machine: numbers in the code of a function, each followed by its operands. They are a storage
 * format (DESIGN section 2): numbers and meanings are only added, never changed.
 *
 * In the table, `effect` is what an instruction does to the operand stack. Between jobs the stack of a function
 * is empty; what a loop needs is kept in slots without a name. `k` is the index of a constant, `s` of a slot, `t` a
 * place in the code, `n` a number, `f` the index of a function, `b` of a built-in.
 */

export const constant = 1;
export const integer = 2;
export const load = 3;
export const store = 4;
export const clear = 5;
export const special = 6;
export const contextGet = 7;
export const contextSet = 8;
export const self = 9;
export const path = 10;
export const list = 11;
export const dictionary = 12;
export const closure = 13;
export const interpolate = 14;
export const interpolateCommand = 15;
export const pattern = 16;
export const pop = 17;

export const add = 20;
export const subtract = 21;
export const multiply = 22;
export const divide = 23;
export const floorDivide = 24;
export const modulo = 25;
export const negate = 26;
export const equal = 27;
export const notEqual = 28;
export const less = 29;
export const lessOrEqual = 30;
export const greater = 31;
export const greaterOrEqual = 32;
export const contains = 33;
export const matches = 34;
export const not = 35;
export const member = 36;
export const index = 37;
export const slice = 38;
export const builtin = 39;
export const now = 40;

export const jump = 50;
export const jumpIfFalse = 51;
export const jumpIfFalseKeep = 52;
export const jumpIfTrueKeep = 53;
export const jumpIfSet = 54;
export const end = 55;
export const returnValue = 56;
export const abort = 57;
export const exit = 58;
export const assertTrue = 59;
export const settle = 60;

export const call = 70;
export const callTail = 71;
export const method = 72;
export const receive = 73;
export const update = 74;
export const send = 75;
export const print = 76;
export const sleep = 77;
export const waitProcess = 78;
export const cancel = 79;
export const spawn = 80;
export const external = 81;

export const enterContext = 90;
export const enterTimeout = 91;
export const enterLock = 92;
export const enterSession = 93;
export const leave = 94;
export const iterable = 95;
export const iterate = 96;
export const iterateRange = 97;
export const next = 98;
export const caseSubject = 99;
export const caseTest = 100;
export const caseGroups = 101;
export const fork = 102;
export const pfor = 103;
export const choose = 104;

export interface Instruction {
  name: string;
  /** The kinds of its operands; `*` stands for a count and as many more as the machine documents. */
  operands: string;
  effect: string;
  summary: string;
}

/** What every instruction is, by number. */
export const instructions: ReadonlyMap<number, Instruction> = new Map([
  [constant, entry("constant", "k", "-- v", "a constant of the program")],
  [integer, entry("integer", "n", "-- n", "a small integer, the operand itself")],
  [load, entry("load", "s", "-- v", "a variable; one that is not set fails")],
  [store, entry("store", "s", "v --", "sets a variable")],
  [clear, entry("clear", "s s", "--", "unsets the variables from the first to before the second")],
  [special, entry("special", "n", "-- v", "$STATUS 0, $RESULT 1, $ERROR 2, $REASON 3")],
  [contextGet, entry("context_get", "k", "-- v", "a context variable; one that is not set fails")],
  [contextSet, entry("context_set", "k", "v --", "sets a context variable")],
  [self, entry("self", "", "-- v", "the innermost flow or closure")],
  [path, entry("path", "k", "-- v", "looks up an object by its path")],
  [list, entry("list", "n", "v… -- v", "a list of n elements")],
  [dictionary, entry("dictionary", "k", "v… -- v", "a dictionary with the keys of the constant")],
  [closure, entry("closure", "f", "-- v", "a closure with copies of the variables it uses")],
  [interpolate, entry("interpolate", "n", "v… -- v", "joins the texts of n values")],
  [interpolateCommand, entry("interpolate_command", "n", "v… -- v", "the same, in a command")],
  [pattern, entry("pattern", "n", "v -- v", "a pattern from its text: r 0, g 1, i 2")],
  [pop, entry("pop", "", "v --", "drops a value")],
  [add, entry("add", "", "a b -- v", "a + b")],
  [subtract, entry("subtract", "", "a b -- v", "a - b")],
  [multiply, entry("multiply", "", "a b -- v", "a * b")],
  [divide, entry("divide", "", "a b -- v", "a / b")],
  [floorDivide, entry("floor_divide", "", "a b -- v", "a // b")],
  [modulo, entry("modulo", "", "a b -- v", "a % b")],
  [negate, entry("negate", "", "a -- v", "-a")],
  [equal, entry("equal", "", "a b -- v", "a == b")],
  [notEqual, entry("not_equal", "", "a b -- v", "a != b")],
  [less, entry("less", "", "a b -- v", "a < b")],
  [lessOrEqual, entry("less_or_equal", "", "a b -- v", "a <= b")],
  [greater, entry("greater", "", "a b -- v", "a > b")],
  [greaterOrEqual, entry("greater_or_equal", "", "a b -- v", "a >= b")],
  [contains, entry("contains", "", "a b -- v", "a in b")],
  [matches, entry("matches", "", "a b -- v", "a =~ b")],
  [not, entry("not", "", "a -- v", "not a")],
  [member, entry("member", "k", "a -- v", "a.name")],
  [index, entry("index", "", "a i -- v", "a[i]")],
  [slice, entry("slice", "", "a i j -- v", "a[i:j], null where one is left out")],
  [
    builtin,
    entry(
      "builtin",
      "b n k",
      "v… -- v",
      "a built-in function with n values: positional ones, then those with the names of the constant",
    ),
  ],
  [now, entry("now", "", "-- v", "the time of the turn")],
  [jump, entry("jump", "t", "--", "goes on there")],
  [jumpIfFalse, entry("jump_if_false", "t", "v --", "goes on there if v is false")],
  [
    jumpIfFalseKeep,
    entry(
      "jump_if_false_keep",
      "t",
      "v -- v|",
      "if v is false, keeps it and goes on there; else drops it",
    ),
  ],
  [
    jumpIfTrueKeep,
    entry(
      "jump_if_true_keep",
      "t",
      "v -- v|",
      "if v is true, keeps it and goes on there; else drops it",
    ),
  ],
  [jumpIfSet, entry("jump_if_set", "s t", "--", "goes on there if the variable is set")],
  [end, entry("end", "", "--", "the end of the function: null, or a child's last $RESULT")],
  [returnValue, entry("return", "", "v --", "ends the function with a value")],
  [abort, entry("abort", "", "v --", "ends the function abnormally, with a message")],
  [exit, entry("exit", "", "v --", "ends the process with a status")],
  [
    assertTrue,
    entry("assert", "", "c m --", "fails with the message unless the condition is true"),
  ],
  [settle, entry("settle", "", "--", "fails as $STATUS and $REASON say, if they say so")],
  [
    call,
    entry(
      "call",
      "n k n",
      "x v… --",
      "`[x: …]` with n values, the last ones with the names of the constant; 1 if x is written `self`",
    ),
  ],
  [
    callTail,
    entry(
      "call_tail",
      "n k n",
      "x v… --",
      "the same in last position: the function keeps no frame",
    ),
  ],
  [method, entry("method", "k n k", "x v… --", "`[x.name: …]`")],
  [receive, entry("receive", "", "x --", "waits for a message of a channel")],
  [update, entry("update", "k", "x v --", "`[x.name << v]`")],
  [send, entry("send", "", "x v --", "`[x << v]`")],
  [print, entry("print", "n", "v… --", "a line for the console")],
  [sleep, entry("sleep", "", "v t --", "waits v seconds from the time t, or until the time v")],
  [waitProcess, entry("wait", "", "p --", "waits until a process has ended")],
  [cancel, entry("cancel", "", "p --", "cancels a process")],
  [spawn, entry("spawn", "n k", "x v… --", "starts a process of its own")],
  [external, entry("external", "k n k", "v… --", "what somebody outside does, by name")],
  [enterContext, entry("enter_context", "", "--", "a block at whose end the context is as it was")],
  [
    enterTimeout,
    entry(
      "enter_timeout",
      "t",
      "v t --",
      "a block that is given up v seconds after the time t, and goes on there, or fails (-1)",
    ),
  ],
  [enterLock, entry("enter_lock", "", "x --", "a block that holds the lock of an object")],
  [enterSession, entry("enter_session", "", "-- v", "a block that keeps a connection open")],
  [leave, entry("leave", "n", "--", "ends the n innermost blocks of the function")],
  [
    iterable,
    entry(
      "iterable",
      "",
      "v -- v",
      "the children of an object, but where iterate follows; other values as they are",
    ),
  ],
  [
    iterate,
    entry(
      "iterate",
      "s n",
      "v --",
      "begins a loop over v, or over its children page by page; it has n names and keeps its place in s, s+1 and s+2",
    ),
  ],
  [
    iterateRange,
    entry(
      "iterate_range",
      "s",
      "a b c --",
      "begins a loop from a to before b in steps of c, without a list",
    ),
  ],
  [
    next,
    entry(
      "next",
      "s t s s",
      "--",
      "the next element into the loop's variables (-1: there is one only), or goes on there",
    ),
  ],
  [caseSubject, entry("case_subject", "n", "v… -- v", "n texts joined by one blank")],
  [caseTest, entry("case_test", "", "v p -- v b", "whether a pattern or an equal value fits")],
  [
    caseGroups,
    entry(
      "case_groups",
      "k *",
      "v -- v",
      "the groups of the pattern k in v into variables, null for those that took no part: n, then n times a name (k) and a slot",
    ),
  ],
  [
    fork,
    entry(
      "fork",
      "*",
      "--",
      "one child process for each of n functions (n, then the functions); waits for all",
    ),
  ],
  [
    pfor,
    entry(
      "pfor",
      "f n",
      "v l --",
      "one child process for each element of v with n names, at most l at a time (null: all)",
    ),
  ],
  [
    choose,
    entry(
      "choose",
      "*",
      "v… --",
      "waits for the first of n: n, then n times its kind (0 event, 1 process, 2 time, 3 external), where it goes on, and the name of an external one (k, else -1). If one is a time, the time of the turn is on top of the stack",
    ),
  ],
]);

function entry(name: string, operands: string, effect: string, summary: string): Instruction {
  return { name, operands, effect, summary };
}
