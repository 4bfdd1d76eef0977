import { useState } from 'react';
import type { Machine, MachineSettings } from '../../../src-server/contract/console.ts';
import type { MachineChange } from '../../api/machine.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { CheckField, SwitchField } from '../../ui/switch-field.tsx';
import { KIND_WORDS } from './machine-words.ts';

type Kind = keyof typeof KIND_WORDS;
const SLOTS_MAX = 64;

/** Slots, kinds and folder of this machine, and its rules for power. */
export const MachineSettingsForm = ({
  machine,
  change,
  lack,
}: {
  machine: Machine;
  change: (change: MachineChange) => void;
  lack: string | undefined;
}) => {
  const { settings } = machine;
  const [slots, setSlots] = useState(String(settings.capacity));
  const [folder, setFolder] = useState(settings.work_dir ?? '');
  const count = Number(slots);
  const slotsFault =
    !Number.isInteger(count) || count < 1 || count > SLOTS_MAX
      ? `Give a whole number from 1 to ${SLOTS_MAX}.`
      : undefined;
  const folderFault = folder !== '' && !/^(\/|[A-Za-z]:[\\/])/.test(folder) ? 'Give the whole path.' : undefined;
  const isSame = slots === String(settings.capacity) && folder === (settings.work_dir ?? '');
  const set = (settings: Partial<MachineSettings>) => change({ settings });
  const setKind = (kind: Kind, isOn: boolean) => {
    const kinds = settings.kinds.filter((each) => each !== kind);
    set({ kinds: isOn ? [...kinds, kind] : kinds });
  };
  return (
    <>
      <form
        className="machine-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (slotsFault === undefined && folderFault === undefined && !isSame && lack === undefined)
            set({ capacity: count, work_dir: folder === '' ? null : folder });
        }}
      >
        <TextField
          label="Slots"
          inputMode="numeric"
          value={slots}
          error={slotsFault}
          hint="Jobs at a time"
          onChange={(event) => setSlots(event.target.value)}
        />
        <TextField
          label="Work folder"
          isMono
          value={folder}
          placeholder="Beside its key"
          error={folderFault}
          hint="Emptied after each attempt. Changed only while this machine is off."
          onChange={(event) => setFolder(event.target.value)}
        />
        <Button
          type="submit"
          disabledReason={lack ?? slotsFault ?? folderFault ?? (isSame ? 'Nothing is changed.' : undefined)}
        >
          Save
        </Button>
      </form>
      {/* biome-ignore lint/a11y/useSemanticElements: a legend cannot be laid out beside its boxes */}
      <div className="machine-kinds" role="group" aria-label="Kinds of jobs it takes">
        <span className="medium grow">Kinds of jobs it takes</span>
        {(Object.keys(KIND_WORDS) as Kind[]).map((kind) => (
          <CheckField
            key={kind}
            label={KIND_WORDS[kind]}
            isOn={settings.kinds.includes(kind)}
            onChange={(isOn) => {
              if (isOn || settings.kinds.length > 1) setKind(kind, isOn);
            }}
          />
        ))}
      </div>
      <div className="setting-row is-switch">
        <SwitchField
          label="Pause on battery"
          hint={
            machine.on_battery === null
              ? 'This system does not tell whether it runs on battery'
              : 'Takes no new job, finishes the current one'
          }
          isOn={settings.pause_on_battery}
          disabledReason={lack}
          onChange={(isOn) => set({ pause_on_battery: isOn })}
        />
      </div>
      <div className="setting-row is-switch">
        <SwitchField
          label="Keep awake while it takes jobs"
          hint="Before a sleep it takes no new job in any case"
          isOn={settings.keep_awake}
          disabledReason={
            lack ?? (machine.can_keep_awake ? undefined : 'Only the desktop app can keep the system awake.')
          }
          onChange={(isOn) => set({ keep_awake: isOn })}
        />
      </div>
      <div className="setting-row is-switch">
        <SwitchField
          label="Start with the console"
          hint="Else it is started here by hand"
          isOn={settings.start_with_console}
          disabledReason={lack}
          onChange={(isOn) => set({ start_with_console: isOn })}
        />
      </div>
    </>
  );
};
