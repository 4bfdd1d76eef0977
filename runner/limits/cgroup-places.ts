/** A folder of the kernel's control groups below which this runner may make groups of its own. */
export interface CgroupPlace {
  version: 1 | 2;
  /** Folders that hold the two ceilings; one and the same in version 2. */
  memory: string;
  processes: string;
}

const ROOT = '/sys/fs/cgroup';

/** The folders from `path` up to the root of its hierarchy, nearest first. */
function ancestors(mount: string, path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '..');
  return Array.from({ length: parts.length + 1 }, (_, i) => [mount, ...parts.slice(0, parts.length - i)].join('/'));
}

/**
 * Where groups may be made, out of /proc/self/mounts and /proc/self/cgroup, nearest first. In version 2 a group that holds
 * processes can have no groups with ceilings, so the runner's own is left out.
 */
export function cgroupPlaces(mounts: string, own: string): CgroupPlace[] {
  const mounted = mounts.split('\n').map((line) => line.split(' '));
  const ownPath = new Map<string, string>();
  for (const line of own.split('\n').filter(Boolean)) {
    const [, names = '', ...path] = line.split(':');
    for (const name of names.split(',')) ownPath.set(name, path.join(':'));
  }
  const unified = mounted.find(([, folder, type]) => type === 'cgroup2' && folder === ROOT);
  if (unified !== undefined) {
    const path = ownPath.get('') ?? '/';
    const folders = ancestors(ROOT, path);
    // The root itself holds processes by right.
    const usable = folders.length === 1 ? folders : folders.slice(1);
    return usable.map((folder) => ({ version: 2, memory: folder, processes: folder }));
  }
  const mountOf = (name: string) =>
    mounted.find(([, , type, options = '']) => type === 'cgroup' && options.split(',').includes(name))?.[1];
  const [memory, processes] = [mountOf('memory'), mountOf('pids')];
  if (memory === undefined || processes === undefined) return [];
  const [ownMemory = memory] = ancestors(memory, ownPath.get('memory') ?? '/');
  const [ownProcesses = processes] = ancestors(processes, ownPath.get('pids') ?? '/');
  return [{ version: 1, memory: ownMemory, processes: ownProcesses }];
}
