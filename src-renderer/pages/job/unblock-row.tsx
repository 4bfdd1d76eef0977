import { useQueryClient } from '@tanstack/react-query';
import {
  BadgeCheck,
  Gauge,
  ListPlus,
  type LucideIcon,
  Network,
  Play,
  Plug,
  Power,
  RotateCcw,
  Route,
  Tag,
} from 'lucide-react';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import type { AdviceChange, UnblockSuggestion } from '../../../src-server/contract/decision.ts';
import type { Job } from '../../../src-server/contract/job.ts';
import { COMPUTE_CLASSES } from '../../../src-server/contract/terms.ts';
import { keys } from '../../api/keys.ts';
import { useLackOf } from '../../api/session.ts';
import { useAction } from '../../api/use-action.ts';
import { useWorkspaceId } from '../../api/workspace-context.ts';
import { problemText } from '../../components/problem-panel.tsx';
import { formatHosts, parseHosts } from '../../format/hosts.ts';
import { formatCu } from '../../format/number.ts';
import { routes } from '../../routes.ts';
import { toast } from '../../stores/toasts.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { needOf, type WantedRunner, wantedQuery } from '../add-runner/wanted-runner.ts';

const namesOf = ({ also_moves: moves, also_moves_count: count }: UnblockSuggestion['preview']): string => {
  const rest = count - moves.length;
  return `${moves.map((m) => m.wu_id).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
};
const effectWords = (preview: UnblockSuggestion['preview']): string =>
  preview.also_moves_count === 0
    ? 'No side effects.'
    : `Side effects: ${namesOf(preview)} ${preview.also_moves_count === 1 ? 'moves' : 'move'} too.`;

const GLYPHS: Readonly<Record<AdviceChange, LucideIcon>> = {
  'approval.approve': BadgeCheck,
  'job.retry': RotateCcw,
  'workspace.resume': Play,
  'source.resume': Play,
  'source.start': Power,
  'label.add': Tag,
  'network.admit': Network,
  'capacity.raise': ListPlus,
  'budget.raise': Gauge,
  'policy.publish': Route,
  'source.enroll': Plug,
};

/** What the change brings, and the one button that makes it. */
const Preview = ({ job, item }: { job: Job; item: UnblockSuggestion }) => {
  const ws = useWorkspaceId();
  const client = useQueryClient();
  const navigate = useNavigate();
  const lack = useLackOf(item.right);
  const apply = useAction('jobUnblock');
  const { preview, change, target, sentence } = item;
  const [reason, setReason] = useState('');
  const [named, setNamed] = useState(formatHosts(item.hosts ?? []));
  const isAdmission = item.hosts !== undefined;
  const hosts = isAdmission ? parseHosts(named) : [];
  const fault =
    hosts === null
      ? 'Each is a host with its port, like registry.lan:443.'
      : isAdmission && hosts.length === 0
        ? 'Name at least one host and its port.'
        : undefined;
  const submit = () =>
    apply.mutate(
      {
        params: { job_id: job.job_id },
        body: {
          change,
          target,
          sentence,
          ...(change === 'approval.approve' ? { digest: job.digest } : {}),
          ...(isAdmission && hosts !== null ? { hosts } : {}),
          ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
        },
      },
      {
        onSuccess: (answer) => {
          toast(`Done: ${sentence}`);
          // A refused job stays what it is; another one was submitted in its place.
          if (answer.job_id !== job.job_id) void navigate(routes.job(ws, answer.job_id));
          void client.invalidateQueries({ queryKey: keys.job(ws, job.job_id) });
          void client.invalidateQueries({ queryKey: keys.jobParts(ws, job.job_id) });
        },
      },
    );
  return (
    <div className="unblock-preview">
      <dl>
        <dt>{job.wu_id}</dt>
        <dd>{preview.sentence}</dd>
        <dt>Budget</dt>
        <dd>
          Holds {formatCu(preview.holds)}
          {preview.left_after === null ? '.' : `, ${formatCu(preview.left_after)} are left then.`}
        </dd>
        <dt>Also moves</dt>
        <dd>{preview.also_moves_count === 0 ? 'No other waiting job.' : namesOf(preview)}</dd>
      </dl>
      {isAdmission ? (
        <div className="unblock-hosts">
          <TextField
            label="Hosts and ports"
            isMono
            spellCheck={false}
            placeholder="registry.lan:443"
            hint="With commas between. Nothing else is let through."
            error={named.trim() === '' ? undefined : fault}
            value={named}
            onChange={(event) => setNamed(event.target.value)}
          />
        </div>
      ) : null}
      <div className="unblock-go">
        {change === 'job.retry' ? (
          <span className="grow" />
        ) : (
          <span className="input is-small">
            <input
              aria-label="Reason"
              placeholder="Reason, kept in evidence"
              maxLength={500}
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          </span>
        )}
        <Button
          size="small"
          look="primary"
          disabledReason={lack ?? fault}
          isBusy={apply.isPending}
          busyLabel="Applying"
          onClick={submit}
        >
          {sentence.replace(/\.$/, '').split(' ')[0]}
        </Button>
      </div>
      {apply.error === null ? null : (
        <p className="field-error" role="alert">
          {problemText(apply.error)}
        </p>
      )}
    </div>
  );
};

/** What the wizard is to be filled in with; it enrolls runners that the operator owns. */
const wantedOf = (job: Job, { enroll, target }: UnblockSuggestion): WantedRunner | null => {
  const computeClass = COMPUTE_CLASSES.find((name) => name === target);
  if (enroll === undefined || enroll.side === 'managed' || computeClass === undefined) return null;
  const { labels, capacity, executors, confined } = enroll;
  return { jobId: job.job_id, computeClass, labels, slots: capacity, needs: needOf(executors, confined) };
};

/** One single change that would place the job: the change, where it would run, what else moves, and its preview. */
export const UnblockRow = ({ job, item }: { job: Job; item: UnblockSuggestion }) => {
  const ws = useWorkspaceId();
  const [isOpen, setOpen] = useState(false);
  const isShown = isOpen && item.can_apply;
  const wanted = wantedOf(job, item);
  const Glyph = GLYPHS[item.change];
  return (
    <li data-open={isShown || undefined}>
      <Glyph size={16} className="text-2" aria-hidden="true" />
      <div>
        <p className="medium">{item.sentence.replace(/\.$/, '')}</p>
        <p className="text-2 text-xs">
          Runs on {item.would_assign_to.name}. {effectWords(item.preview)}
          {item.enroll?.side === 'managed' ? (
            <>
              {' '}
              A managed pool is made with <code>pool create --class {item.target}</code>
            </>
          ) : null}
        </p>
      </div>
      {wanted !== null ? (
        <Link className={buttonClass('default', 'small')} to={routes.addRunner(ws, wantedQuery(wanted))}>
          Add runner
        </Link>
      ) : item.can_apply ? (
        <Button size="small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Hide preview' : 'Preview'}
        </Button>
      ) : (
        <span className="text-2 text-xs">{item.change === 'source.enroll' ? 'Command line' : 'At the source'}</span>
      )}
      {isShown ? <Preview job={job} item={item} /> : null}
    </li>
  );
};
