import { useState } from 'react';
import { useMachineLog } from '../../api/machine.ts';
import { formatClock } from '../../format/instant.ts';
import { Button } from '../../ui/button.tsx';
import { SettingRow } from './setting-row.tsx';

const LINES_SHOWN = 100;

const Lines = () => {
  const { data } = useMachineLog();
  const lines = data?.lines.slice(-LINES_SHOWN) ?? [];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable
    <div className="runner-log mono" role="log" aria-label="Log of its runner" tabIndex={0}>
      {lines.length === 0 ? <p className="text-3">Nothing was said yet.</p> : null}
      {lines.map(({ at, line }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name of their own
        <div key={`${at} ${index}`}>
          <span className="text-3">{formatClock(Date.parse(at))}</span> {line}
        </div>
      ))}
    </div>
  );
};

/** What this machine's runner says, on demand. */
export const MachineLogPanel = () => {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <SettingRow title="Log" note="What its runner said since the console started">
        <Button size="small" onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Hide log' : 'Show log'}
        </Button>
      </SettingRow>
      {isOpen ? <Lines /> : null}
    </>
  );
};
