/** What the runner's checks are called on screen, by their ids. */
const WORDS: Readonly<Record<string, string>> = {
  node: 'Node 20 or newer',
  clock: 'Clock steady',
  plane_reachable: 'Plane reachable',
  plane_key: 'Plane key pinned',
  session: 'Session valid',
  state_folder: 'State folder private',
  disk: 'Disk room',
  shell_path: 'Shell and PATH',
  git: 'Git',
  confinement: 'Confinement, tried',
  containers: 'Containers',
  cluster: 'Cluster reachable',
  no_listening_socket: 'No listening socket',
  posture: 'Posture',
  class: 'Class',
};

/** The name of a check; one of a newer runner is shown by its id, made readable. */
export const doctorWords = (id: string): string => {
  const known = WORDS[id];
  if (known !== undefined) return known;
  const text = id.replace(/[_.-]+/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
};
