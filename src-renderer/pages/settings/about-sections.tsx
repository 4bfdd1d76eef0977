import { useSession } from '../../api/session.ts';
import { desktopPlatform } from '../../components/desktop.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { DesktopRows } from './desktop-rows.tsx';
import { SettingRow, SettingsSection } from './setting-row.tsx';

/** What this console keeps and shows of secrets. */
export const CredentialsSection = () => (
  <SettingsSection id="credentials" title="Credential hygiene" about="What this console keeps and shows of secrets.">
    <div className="panel">
      <SettingRow title="A revealed credential hides" note="Also when the window loses the focus">
        <span className="text-2">after 15 s</span>
      </SettingRow>
      <SettingRow
        title="Runtime credentials, tokens and API keys"
        note="Shown once, when they are made. The control plane keeps a hash of them, never the value"
      >
        <span className="text-2">not kept</span>
      </SettingRow>
      <SettingRow
        title="Treat it as burned if anyone else could have seen it"
        note="Chat, logs, screenshots, shared channels or shell history. Burn or revoke it, then make another: the old value stops working at once"
      />
    </div>
  </SettingsSection>
);

/** The control plane behind this console. */
export const AboutSection = () => {
  const { data } = useSession();
  return (
    <SettingsSection id="about" title="About" about="The control plane behind this console.">
      <div className="panel">
        {data === undefined ? (
          <Skeleton rows={4} />
        ) : (
          <>
            <SettingRow title="Version">
              <span>{data.plane.version}</span>
            </SettingRow>
            <SettingRow
              title="Listens on"
              note={
                data.plane.loopback_only
                  ? 'Loopback only: a runner elsewhere cannot reach it. Start it with serve --public-url https://… for that'
                  : 'Runners reach it at this address'
              }
            >
              <code className="settings-value">{data.plane.url}</code>
            </SettingRow>
            <SettingRow title="Runs in">
              <span>
                {data.plane.hosted_by === 'desktop' ? 'The desktop app' : 'A served process'}
                {desktopPlatform() === null ? ', seen in a browser' : ''}
              </span>
            </SettingRow>
            <SettingRow
              title="Fingerprint of its key"
              note={<code className="settings-value">{data.plane.fingerprint}</code>}
            >
              <CopyButton size="small" text={data.plane.fingerprint}>
                Copy
              </CopyButton>
            </SettingRow>
            <SettingRow title="Signed in as">
              <span>
                {data.operator.name}, {data.operator.role}
              </span>
            </SettingRow>
            <DesktopRows />
          </>
        )}
      </div>
    </SettingsSection>
  );
};
