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
 * The three printed commands. Each fetches the runner to memory with Node alone, no more than it can be, checks its SHA-256,
 * then runs it; one that is refused ends with one line. None holds a secret. The script stands in single quotes and uses only backtick strings inside, so that bash, zsh and
 * PowerShell take the same text; they differ in how a line goes on.
 */
export function runnerCommands(target: CommandTarget): Commands {
  if (target.bootstrapSha256 === null)
    throw new ProblemError('internal.error', 'The runner was not built. Run: npm run build');
  const script = [
    'const e=(t,c)=>{console.error(t+` Nothing ran.`);process.exit(c)},p=[];let n=0;',
    `try{const r=await fetch(\`${target.url}/api/v1/runner/bootstrap\`,{redirect:\`error\`});`,
    'r.ok||e(`The plane gave no runner (`+r.status+`).`,69);',
    'for await(const c of r.body??[]){n+=c.length;n>1e7&&e(`The runner is too large.`,65);p.push(c)}}',
    'catch{n?e(`The runner arrived in part.`,65):e(`The runner could not be fetched.`,69)}',
    'const b=Buffer.concat(p);',
    `(await import(\`node:crypto\`)).createHash(\`sha256\`).update(b).digest(\`hex\`)===\`${target.bootstrapSha256}\``,
    '||e(`The runner has other bytes than this command pins.`,65);',
    `await import(\`data:text/javascript;base64,\`+b.toString(\`base64\`))`,
  ].join('');
  const pinned = `${target.target} --plane-key ${target.planeKey}`;
  const set = (next: string) => {
    const command = (verb: string): string => `node --input-type=module -e '${script}' ${next}\n  ${verb} ${pinned}`;
    return { connect: command(`connect --url ${target.url}`), doctor: command('doctor'), run: command('run --once') };
  };
  return { bash: set('\\'), powershell: set('`') };
}
