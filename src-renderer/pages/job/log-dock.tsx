import { ChevronDown, Maximize2, Minimize2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Job } from '../../../src-server/contract/job.ts';
import { useLogTail } from '../../components/log/use-log-tail.ts';
import { formatBytes } from '../../format/number.ts';
import { Button } from '../../ui/button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { StateGlyph } from '../../ui/state-glyph.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { AgentActionsTab, AgentActionsTotal } from './agent-actions-tab.tsx';
import { ArtifactsTab } from './artifacts-tab.tsx';
import { EnvironmentTab } from './environment-tab.tsx';
import { currentAttempt, isTerminal } from './job-facts.ts';
import { LogTab } from './log-tab.tsx';
import './log-dock.css';

type DockTab = 'log' | 'calls' | 'artifacts' | 'environment';
type Stream = 'stdout' | 'stderr';

/** Output, artifacts and specification, at the foot of the job's page. */
export const LogDock = ({ job }: { job: Job }) => {
  const [tab, setTab] = useState<DockTab>('log');
  const [stream, setStream] = useState<Stream>('stdout');
  const [chosen, setChosen] = useState<string | null>(null);
  const [isFollowing, setFollowing] = useState(true);
  const [isLarge, setLarge] = useState(false);
  const attempt = job.attempts.find(({ lease_id }) => lease_id === chosen) ?? currentAttempt(job);
  const isLive = attempt !== null && attempt.ended_at === null;
  const tail = useLogTail(job.job_id, attempt?.lease_id ?? null, stream);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another attempt or stream starts at its foot
  useEffect(() => setFollowing(true), [attempt?.lease_id, stream]);
  const sizeOf = (name: Stream) => attempt?.output?.[name].size_bytes ?? 0;
  return (
    <section className={isLarge ? 'dock is-large' : 'dock'} aria-label="Output">
      <div className="dock-head">
        <Tabs
          label="Output"
          idBase="dock"
          value={tab}
          tabs={[
            { value: 'log', label: 'Log' },
            ...(job.spec.mcp === undefined ? [] : [{ value: 'calls' as const, label: 'Calls' }]),
            { value: 'artifacts', label: 'Artifacts', count: attempt?.artifacts.length || undefined },
            { value: 'environment', label: 'Environment' },
          ]}
          onChange={setTab}
        />
        <div className="row push">
          {tab === 'log' && attempt !== null ? (
            <>
              {isFollowing ? (
                <span className="row text-xs text-2 hide-narrow" data-tone={isLive ? 'ok' : 'idle'}>
                  <StateGlyph shape={isLive ? 'dot-ring' : 'tick'} size={14} className="tone" />
                  {isLive ? 'Following' : 'Complete'}
                </span>
              ) : (
                <Button size="small" onClick={() => setFollowing(true)}>
                  {isLive ? 'Follow' : 'To the end'}
                </Button>
              )}
              <Segmented
                label="Stream"
                value={stream}
                choices={(['stdout', 'stderr'] as const).map((value) => ({
                  value,
                  label: sizeOf(value) === 0 ? value : <span title={formatBytes(sizeOf(value))}>{value}</span>,
                }))}
                onChange={setStream}
              />
            </>
          ) : null}
          {tab === 'calls' ? <AgentActionsTotal job={job} attempt={attempt} /> : null}
          {attempt === null || tab === 'environment' ? null : (
            <Menu
              trigger={
                <Button size="small" look="ghost">
                  Attempt {Math.max(1, attempt.attempt)} <ChevronDown size={14} aria-hidden="true" />
                </Button>
              }
              entries={job.attempts.map((item) => ({
                id: item.lease_id,
                label: `Attempt ${Math.max(1, item.attempt)}, ${item.source_name}`,
                end: String(item.fence),
                onSelect: () => setChosen(item.lease_id),
              }))}
            />
          )}
          <Button
            size="small"
            look="ghost"
            icon={isLarge ? <Minimize2 /> : <Maximize2 />}
            label={isLarge ? 'Shrink' : 'Expand'}
            isPressed={isLarge}
            onClick={() => setLarge(!isLarge)}
          />
        </div>
      </div>
      <div id={`dock-panel-${tab}`} className="dock-body" role="tabpanel" aria-labelledby={`dock-tab-${tab}`}>
        {tab === 'log' && attempt === null ? (
          <p className="log-empty text-2">
            {isTerminal(job)
              ? 'No source ran it, so there is no output.'
              : 'No attempt yet. Output appears here once a source runs it.'}
          </p>
        ) : null}
        {tab === 'log' && attempt !== null ? (
          <LogTab
            tail={tail}
            label={`${stream} of attempt ${Math.max(1, attempt.attempt)}`}
            isLive={isLive}
            isFollowing={isFollowing}
            onFollow={setFollowing}
          />
        ) : null}
        {tab === 'calls' ? <AgentActionsTab job={job} attempt={attempt} /> : null}
        {tab === 'artifacts' ? <ArtifactsTab attempt={attempt} /> : null}
        {tab === 'environment' ? <EnvironmentTab job={job} /> : null}
      </div>
    </section>
  );
};
