/** Every shortcut of the console. The overlay and the dispatcher both read this table, so neither can promise more. */
export interface Binding {
  id: CommandId;
  /** One key, a sequence (`['g', 'o']`) or a combination that starts with `Mod` or `Shift`. */
  keys: readonly string[];
  label: string;
  group: 'Anywhere' | 'Go to' | 'Lists' | 'On this screen';
  /** Said in the overlay, done by the control that has the focus (lists, forms). */
  isLocal?: boolean;
}
export type CommandId =
  | 'palette'
  | 'shortcuts'
  | 'go.overview'
  | 'go.jobs'
  | 'go.leases'
  | 'go.approvals'
  | 'go.sources'
  | 'go.routing'
  | 'go.budgets'
  | 'go.evidence'
  | 'job.submit'
  | 'runner.add'
  | 'list.next'
  | 'list.previous'
  | 'list.open'
  | 'close'
  | 'go.settings'
  | 'filter'
  | 'stream.pause'
  | 'source.drain'
  | 'lease.revoke'
  | 'job.replay'
  | 'approval.approve'
  | 'approval.reject'
  | 'policy.publish'
  | 'evidence.export'
  | 'evidence.now'
  | 'secret.reveal'
  | 'command.copy1'
  | 'command.copy2'
  | 'command.copy3'
  | 'go.demo'
  | 'demo.play'
  | 'demo.forward'
  | 'demo.back'
  | 'form.submit';

const of = (id: CommandId, keys: string, label: string, group: Binding['group'], isLocal = false): Binding => ({
  id,
  keys: keys.split(' '),
  label,
  group,
  isLocal,
});

export const BINDINGS: readonly Binding[] = [
  of('palette', 'Mod k', 'Search and commands', 'Anywhere'),
  of('job.submit', 'c', 'Submit job', 'Anywhere'),
  of('runner.add', 'n', 'Add runner', 'Anywhere'),
  of('shortcuts', '?', 'Shortcuts', 'Anywhere'),
  of('go.overview', 'g o', 'Overview', 'Go to'),
  of('go.jobs', 'g j', 'Jobs', 'Go to'),
  of('go.leases', 'g l', 'Leases', 'Go to'),
  of('go.approvals', 'g a', 'Approvals', 'Go to'),
  of('go.sources', 'g s', 'Sources', 'Go to'),
  of('go.routing', 'g r', 'Routing', 'Go to'),
  of('go.budgets', 'g b', 'Budgets', 'Go to'),
  of('go.evidence', 'g e', 'Evidence', 'Go to'),
  of('go.demo', 'g d', 'Demo', 'Go to'),
  of('go.settings', 'Mod ,', 'Settings', 'Go to'),
  of('filter', '/', 'Focus the filter', 'Lists'),
  of('list.next', 'j', 'Next row', 'Lists'),
  of('list.previous', 'k', 'Previous row', 'Lists'),
  of('list.open', 'Enter', 'Open', 'Lists', true),
  of('close', 'Escape', 'Close, back', 'Lists', true),
  of('stream.pause', 'p', 'Pause the assignment stream', 'On this screen'),
  of('source.drain', 'd', 'Drain the open source', 'On this screen'),
  of('job.replay', 'r', 'Replay the job', 'On this screen'),
  of('lease.revoke', 'x', 'Revoke the open lease', 'On this screen'),
  of('approval.approve', 'Shift a', 'Approve what is open', 'On this screen'),
  of('approval.reject', 'Shift r', 'Reject what is open', 'On this screen'),
  of('policy.publish', 'Mod s', 'Publish the policy', 'On this screen'),
  of('evidence.export', 'Mod e', 'Export a bundle', 'On this screen'),
  of('evidence.now', 'End', 'Back to now, while back in time', 'On this screen', true),
  of('demo.play', 'Space', 'Play or pause the demo', 'On this screen'),
  of('demo.forward', '.', 'One event forward', 'On this screen'),
  of('demo.back', ',', 'One event back', 'On this screen'),
  of('secret.reveal', 'v', 'Reveal the credential', 'On this screen'),
  of('command.copy1', '1', 'Copy command 1', 'On this screen'),
  of('command.copy2', '2', 'Copy command 2', 'On this screen'),
  of('command.copy3', '3', 'Copy command 3', 'On this screen'),
  of('form.submit', 'Mod Enter', 'Submit the form', 'On this screen', true),
];

/** The keys of a command, for the caps beside its control. */
export const keysOf = (id: CommandId): readonly string[] => BINDINGS.find((binding) => binding.id === id)?.keys ?? [];
