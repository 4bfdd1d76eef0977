import { EXIT } from './exit-codes.ts';
import { terminalPrinter } from './printer.ts';
import { runCommand } from './run-command.ts';

// A reader that goes away (a pager, `head`) is no fault.
process.stdout.on('error', () => process.exit(EXIT.ok));
runCommand(process.argv.slice(2), terminalPrinter).then(
  (code) => {
    process.exitCode = code;
    // Keep-alive connections of this process would hold it open for seconds.
    exitWhenWritten(code);
  },
  (error: unknown) => {
    terminalPrinter.note(
      `connected-compute: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    process.exit(70);
  },
);

/** Ends once stdout has taken everything: a pipe may still be draining. */
function exitWhenWritten(code: number): void {
  if (process.stdout.writableLength === 0) process.exit(code);
  process.stdout.once('drain', () => process.exit(code));
}
