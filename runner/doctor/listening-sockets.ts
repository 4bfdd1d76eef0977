import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** TCP_LISTEN in /proc/net/tcp, and __SO_ACCEPTCON in the flags of /proc/net/unix. */
const TCP_LISTEN = '0A';
const UNIX_ACCEPTING = 0x10000;

function linesOf(path: string): string[][] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/));
  } catch {
    // A kernel without IPv6 has no tcp6 table.
    return [];
  }
}

function linuxListening(pid: number): string[] {
  const own = new Set<string>();
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode !== undefined) own.add(inode);
    } catch {
      // Closed since it was listed.
    }
  }
  const found: string[] = [];
  for (const table of ['tcp', 'tcp6']) {
    for (const fields of linesOf(`/proc/${pid}/net/${table}`)) {
      if (fields[3] === TCP_LISTEN && own.has(fields[9] ?? '')) found.push(`${table} ${fields[1]}`);
    }
  }
  for (const fields of linesOf(`/proc/${pid}/net/unix`)) {
    const isAccepting = (Number.parseInt(fields[3] ?? '', 16) & UNIX_ACCEPTING) !== 0;
    if (isAccepting && own.has(fields[6] ?? '')) found.push(`unix ${fields[7] ?? '(unnamed)'}`);
  }
  return found;
}

function lsofListening(pid: number): string[] {
  try {
    const args = ['-nP', '-a', '-p', String(pid), '-iTCP', '-sTCP:LISTEN', '-Fn'];
    const text = execFileSync('lsof', args, { encoding: 'utf8', timeout: 5_000, stdio: ['ignore', 'pipe', 'ignore'] });
    return text.split('\n').filter((line) => line.startsWith('n'));
  } catch (error) {
    // lsof ends with 1 when it finds nothing; anything else proves nothing.
    if ((error as { status?: number }).status === 1) return [];
    throw new Error('lsof could not look at the sockets.');
  }
}

/** The sockets on which a process accepts connections. Throws when the platform does not tell. */
export function listeningSockets(pid: number, platform: NodeJS.Platform): string[] {
  if (platform === 'win32') throw new Error('This platform does not tell.');
  return platform === 'linux' ? linuxListening(pid) : lsofListening(pid);
}
