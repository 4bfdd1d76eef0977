import { ProblemError } from '../contract/problems.ts';
import type { Commands } from '../contract/source.ts';

export interface CommandTarget {
  /** As the runner dials it, without a trailing slash. */
  url: string;
  /** What the runner connects as: `--enrollment enr_…` or `--pool pool_…`. */
  target: string;
  planeKey: string;
  /** Lower-case hex; null when the runner was not built. */
  bootstrapSha256: string | null;
}

/**
 * The three printed commands. Each fetches the runner to memory with Node alone, checks its SHA-256, then runs it; none
 * holds a secret. The script stands in single quotes and uses only backtick strings inside, so that bash, zsh and
 * PowerShell take the same text; they differ in how a line goes on.
 */
export function runnerCommands(target: CommandTarget): Commands {
  if (target.bootstrapSha256 === null)
    throw new ProblemError('internal.error', 'The runner was not built. Run: npm run build');
  const script = [
    `const b=Buffer.from(await fetch(\`${target.url}/api/v1/runner/bootstrap\`,{redirect:\`error\`}).then(r=>r.ok?r.arrayBuffer():process.exit(69),()=>process.exit(69)));`,
    `(await import(\`node:crypto\`)).createHash(\`sha256\`).update(b).digest(\`hex\`)===\`${target.bootstrapSha256}\`||process.exit(65);`,
    `await import(\`data:text/javascript;base64,\`+b.toString(\`base64\`))`,
  ].join('');
  const pinned = `${target.target} --plane-key ${target.planeKey}`;
  const set = (next: string) => {
    const command = (verb: string): string => `node --input-type=module -e '${script}' ${next}\n  ${verb} ${pinned}`;
    return { connect: command(`connect --url ${target.url}`), doctor: command('doctor'), run: command('run --once') };
  };
  return { bash: set('\\'), powershell: set('`') };
}
