import { EXIT, ExitError } from './exit-codes.ts';
import { HELP } from './help.ts';
import type { Printer } from './printer.ts';
import { VERSION } from './version.ts';

type Command = (args: string[], printer: Printer) => Promise<number>;
/** Each is loaded when it is called: no command pays for the control plane but those that run one. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serve,
  job: async () => (await import('./job.ts')).job,
  source: async () => (await import('./source.ts')).source,
  budget: async () => (await import('./budget.ts')).budget,
  usage: async () => (await import('./usage.ts')).usage,
  wallet: async () => (await import('./usage.ts')).wallet,
  pool: async () => (await import('./pool.ts')).pool,
  approval: async () => (await import('./approval.ts')).approval,
  admission: async () => (await import('./admission.ts')).admission,
  policy: async () => (await import('./policy.ts')).policy,
  doctor: async () => (await import('./doctor.ts')).doctor,
  recover: async () => (await import('./recover.ts')).recover,
  key: async () => (await import('./key.ts')).key,
  demo: async () => (await import('./demo.ts')).demo,
  evidence: async () => (await import('./evidence.ts')).evidence,
  replay: async () => (await import('./replay.ts')).replay,
  console: async () => (await import('./console.ts')).consoleCommand,
  workspace: async () => (await import('./workspace.ts')).workspace,
};

/** Runs one command line and resolves with its exit code. */
export async function runCommand(argv: string[], printer: Printer): Promise<number> {
  const [name, ...args] = argv;
  if (name === '--version') {
    printer.line(VERSION);
    return EXIT.ok;
  }
  if (name === undefined || name === '--help' || name === 'help' || args.includes('--help')) {
    printer.line(HELP);
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  try {
    if (load === undefined)
      throw new ExitError(EXIT.usage, `There is no command ${name}. See connected-compute --help.`);
    const command = await load();
    return await command(args, printer);
  } catch (error) {
    if (!(error instanceof ExitError)) throw error;
    printer.note(error.message);
    return error.code;
  }
}
