import { History } from 'lucide-react';
import { useRef, useState } from 'react';
import type { Policy } from '../../../src-server/contract/policy.ts';
import { useDraftDiff, usePolicy } from '../../api/policy.ts';
import { useLackOf } from '../../api/session.ts';
import { Page } from '../../components/page.tsx';
import { ProblemPanel } from '../../components/problem-panel.tsx';
import { type SetAddress, useAddress } from '../../components/use-address.ts';
import { formatWhen } from '../../format/instant.ts';
import { useCommand } from '../../keyboard/use-command.ts';
import { useNow } from '../../stores/clock.ts';
import { Button } from '../../ui/button.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { SwitchField } from '../../ui/switch-field.tsx';
import { FallbackPanel } from './fallback-panel.tsx';
import { ModePicker } from './mode-picker.tsx';
import { OverrideDrawer } from './override-drawer.tsx';
import { OverridesTable } from './overrides-table.tsx';
import { fieldsOf } from './policy-draft.ts';
import { PublishBar } from './publish-bar.tsx';
import { readRange } from './simulated-range.ts';
import { Simulator } from './simulator.tsx';
import { usePolicyDraft } from './use-policy-draft.ts';
import { type Simulation, useSimulation } from './use-simulation.ts';
import { VersionsPeek } from './versions-peek.tsx';
import './routing-page.css';

const SAY_WHY = 'Say why it changes';

type Draft = ReturnType<typeof usePolicyDraft>;

/** The rules of the draft, from the widest to the narrowest. */
const Rules = ({
  drafting,
  simulation,
  search,
  onAddress,
}: {
  drafting: Draft;
  simulation: Simulation;
  search: URLSearchParams;
  onAddress: SetAddress;
}) => {
  const { draft, change } = drafting;
  const base = fieldsOf(draft.base);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable
    <section className="routing-rules" aria-label="Rules" tabIndex={0}>
      <section>
        <h2>Mode</h2>
        <p>Where work goes when no override applies.</p>
        <ModePicker value={draft.fields.mode} live={base.mode} onChange={(mode) => change({ mode })} />
      </section>
      <section>
        <h2>Overrides</h2>
        <p>The first rule that matches wins. A class with no override follows the mode.</p>
        <OverridesTable
          base={base}
          fields={draft.fields}
          byClass={simulation.data?.by_class}
          onEdit={(key) => onAddress({ open: 'override', of: key })}
          onChange={(overrides) => change({ overrides })}
        />
      </section>
      <section>
        <h2>Fallback</h2>
        <p>
          <b className="medium">auto</b> moves the job and records why, <b className="medium">ask</b> holds it for an
          operator, <b className="medium">never</b> keeps it waiting.
        </p>
        <FallbackPanel base={base} fields={draft.fields} onChange={change} />
      </section>
      <div className="routing-switches panel">
        <SwitchField
          label="Four-eyes"
          hint="Who submits cannot approve"
          isOn={draft.fields.four_eyes}
          onChange={(four_eyes) => change({ four_eyes })}
        />
        <SwitchField
          label="Fair share"
          hint="Between WUs, not only by age"
          isOn={draft.fields.fair_share}
          onChange={(fair_share) => change({ fair_share })}
        />
      </div>
      <OverrideDrawer
        isOpen={search.get('open') === 'override'}
        overrideOf={search.get('of')}
        fields={draft.fields}
        onApply={(overrides) => change({ overrides })}
        onClose={() => onAddress({ open: null, of: null })}
      />
    </section>
  );
};

const Publishing = ({ live, drafting, simulation }: { live: Policy; drafting: Draft; simulation: Simulation }) => {
  const lack = useLackOf('admin');
  const { draft } = drafting;
  const field = useRef<HTMLInputElement>(null);
  const [isReasonMissing, setReasonMissing] = useState(false);
  const { data: diff } = useDraftDiff(draft.base.version, draft.fields);
  const changes = (diff?.changes ?? []).map(({ sentence }) => sentence);
  const disabledReason =
    lack ??
    (draft.base.version === live.version ? undefined : `Take v${live.version} over first.`) ??
    (simulation.isFresh ? undefined : 'Wait for the simulation of this draft.');
  const publish = () => {
    if (disabledReason !== undefined || drafting.isBusy) return;
    if (draft.reason.trim() === '') {
      setReasonMissing(true);
      field.current?.focus();
      return;
    }
    drafting.publish();
  };
  useCommand('policy.publish', publish);
  return (
    <PublishBar
      live={live}
      draft={draft}
      changes={changes}
      reasonError={isReasonMissing ? SAY_WHY : undefined}
      problem={drafting.problem}
      disabledReason={disabledReason}
      isBusy={drafting.isBusy}
      reasonField={field}
      onReason={(text) => {
        setReasonMissing(false);
        drafting.setReason(text);
      }}
      onTakeOver={drafting.takeOver}
      onDiscard={drafting.discard}
      onPublish={publish}
    />
  );
};

const Editor = ({ live, search, onAddress }: { live: Policy; search: URLSearchParams; onAddress: SetAddress }) => {
  const drafting = usePolicyDraft(live);
  const range = readRange(search);
  const isOpen = search.get('open') === 'versions';
  const simulation = useSimulation(drafting.draft.fields, live.version, range);
  return (
    <div className={isOpen ? 'routing is-listing' : 'routing'}>
      <div className="routing-columns">
        <Rules drafting={drafting} simulation={simulation} search={search} onAddress={onAddress} />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable */}
        <section className="routing-simulator" aria-label="Simulator" tabIndex={0}>
          <Simulator
            simulation={simulation}
            version={live.version}
            range={range}
            search={search}
            onAddress={onAddress}
          />
        </section>
        {isOpen ? (
          <VersionsPeek
            live={live}
            chosen={Number(search.get('version') ?? 0) || null}
            onChoose={(version) => onAddress({ version: version === null ? null : String(version) })}
            onBringBack={(version) => {
              drafting.bringBack(version);
              onAddress({ open: null, version: null });
            }}
            onClose={() => onAddress({ open: null, version: null })}
          />
        ) : null}
      </div>
      {drafting.isDirty ? <Publishing live={live} drafting={drafting} simulation={simulation} /> : null}
    </div>
  );
};

/** Change the policy knowing the effect. */
export const RoutingPage = () => {
  const [search, setAddress] = useAddress();
  const clock = useNow();
  const { data, error, refetch } = usePolicy();
  const isOpen = search.get('open') === 'versions';
  return (
    <Page
      title="Routing policy"
      isFlush
      sub={
        data === undefined
          ? undefined
          : `v${data.version} live since ${formatWhen(data.published_at, clock)} by ${data.published_by}`
      }
      actions={
        <Button
          icon={<History />}
          isPressed={isOpen}
          onClick={() => setAddress({ open: isOpen ? null : 'versions', version: null })}
        >
          Versions
        </Button>
      }
    >
      {data === undefined ? (
        error === null ? (
          <Skeleton rows={8} rowHeight={64} />
        ) : (
          <ProblemPanel error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <Editor live={data} search={search} onAddress={setAddress} />
      )}
    </Page>
  );
};
