import { builtinJob, type Builtin } from "./builtin.ts";

/** The built-in jobs. The machine has an instruction for each, or it waits for somebody outside to do it. */
export const jobs: readonly Builtin[] = [
  builtinJob("print", "*values", "Writes to the process's console.", ["print('status $STATUS')"]),
  builtinJob("sleep", "seconds", "Waits some seconds, a duration, or until a time.", [
    "sleep(30)",
    "sleep(duration('5m'))",
  ]),
  builtinJob("exit", "status?", "Ends the process; with a status other than 0 it has failed.", [
    "exit()",
    "exit(3)",
  ]),
  builtinJob("return", "value?", "Ends the flow, closure or child normally, with a value.", [
    "return({status: 'ok'})",
  ]),
  builtinJob("abort", "message?", "Ends the flow, closure or child abnormally.", [
    "abort('no host given')",
  ]),
  builtinJob("assert", "condition message?", "Fails unless the condition is true.", [
    "assert($STATUS == 0, 'the last job failed')",
  ]),
  builtinJob(
    "spawn",
    "flow *arguments **named",
    "Starts a process of its own and gives it as $RESULT.",
    ["spawn(./watch, host = 'web01')"],
  ),
  builtinJob("wait", "process", "Waits until a process has ended.", ["wait(/process/17)"]),
  builtinJob("cancel", "process", "Cancels a process.", ["cancel(/process/17)"]),
  builtinJob("break", "", "Ends the innermost loop.", ["break"]),
  builtinJob("continue", "", "Goes on with the next round of the innermost loop.", ["continue"]),
  builtinJob("mailto", "to subject? body? cc? bcc? from? attachments?", "Sends a mail.", [
    "mailto(to = 'ops@example.com', subject = 'disk full', body = $RESULT)",
  ]),
  builtinJob(
    "urlopen",
    "url method? headers? data? timeout? verify?",
    "Sends an HTTP request; $RESULT is {status, headers, body}. Fails on a connection error or a status of 400 and more.",
    ["urlopen('https://example.com/health', timeout = 10)"],
  ),
  builtinJob(
    "put",
    "source? target? content?",
    "Copies a file to the host: one of the job manager's directory for files, or a content that the flow has.",
    [
      "put('images/switch.bin', '/flash/switch.bin')",
      "put(target = '/etc/motd', content = 'Welcome to $__host__\\n')",
    ],
  ),
  builtinJob(
    "get",
    "source target?",
    "Copies a file from the host: into the job manager's directory for files, or else its content is $RESULT.",
    ["get('/etc/motd')", "get('/var/log/app.log', 'logs/web01.log')"],
  ),
  builtinJob(
    "confirm",
    "title to? options? form? timeout?",
    "Asks a person and waits for the answer.",
    ["confirm('Restart the database?', to = 'ops', options = ['yes', 'no'])"],
  ),
];

/** Those that the machine leaves to somebody outside. */
export const externalJobs: ReadonlySet<string> = new Set([
  "mailto",
  "urlopen",
  "put",
  "get",
  "confirm",
]);
