import { app } from './app.ts';
import { ownArguments, ownBytes } from './own-bytes.ts';
import { consolePrinter } from './printer.ts';

const exitCode = await app({
  argv: ownArguments(import.meta.url, process.argv),
  printer: consolePrinter,
  stdin: process.stdin,
  stderr: process.stderr,
  program: () => ownBytes(import.meta.url),
});
// Timers and idle connections of a finished command must not keep the process; what it wrote must be out.
process.exitCode = exitCode;
// A reader that went away early (`| head`) is no fault of the command.
process.stdout.on('error', () => process.exit(exitCode));
process.stdout.write('', () => process.exit(exitCode));
