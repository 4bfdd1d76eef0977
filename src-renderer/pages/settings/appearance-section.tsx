import { useAppearance } from '../../stores/appearance.ts';
import { useTheme } from '../../stores/theme.ts';
import { Segmented } from '../../ui/segmented.tsx';
import { SwitchField } from '../../ui/switch-field.tsx';
import { SettingRow, SettingsSection } from './setting-row.tsx';

/** Theme, row height and motion of this machine. */
export const AppearanceSection = () => {
  const { theme, setTheme } = useTheme();
  const { density, setDensity, isMotionReduced, setMotionReduced } = useAppearance();
  return (
    <SettingsSection id="appearance" title="Appearance" about="Applies to this browser on this machine.">
      <div className="panel">
        <SettingRow title="Theme" note="Match system follows it as it changes">
          <Segmented
            label="Theme"
            value={theme}
            choices={[
              { value: 'system', label: 'Match system' },
              { value: 'dark', label: 'Dark' },
              { value: 'light', label: 'Light' },
            ]}
            onChange={setTheme}
          />
        </SettingRow>
        <SettingRow title="Row height" note="Compact rows are 28 px">
          <Segmented
            label="Row height"
            value={density}
            choices={[
              { value: 'compact', label: 'Compact' },
              { value: 'default', label: 'Default' },
            ]}
            onChange={setDensity}
          />
        </SettingRow>
        <div className="setting-row is-switch">
          <SwitchField
            label="Reduce motion"
            hint="Also follows the system setting"
            isOn={isMotionReduced}
            onChange={setMotionReduced}
          />
        </div>
      </div>
    </SettingsSection>
  );
};
