import { FileLock2, Flame, Lock, type LucideIcon, Terminal } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { Enrollment } from '../../../src-server/contract/source.ts';
import type { CredentialState, SourceKind } from '../../../src-server/contract/terms.ts';
import { problemText } from '../../components/problem-panel.tsx';
import { formatDuration } from '../../format/duration.ts';
import { useCommand } from '../../keyboard/use-command.ts';
import { useNow } from '../../stores/clock.ts';
import { Banner } from '../../ui/banner.tsx';
import { Button } from '../../ui/button.tsx';
import { CountdownRing } from '../../ui/countdown-ring.tsx';
import { KIND_LABELS } from '../../ui/kind-icon.tsx';
import { SecretField } from '../../ui/secret-field.tsx';
import { CREDENTIAL_LOOKS } from '../../ui/state-vocabulary.ts';
import { CheckField } from '../../ui/switch-field.tsx';
import { StepFrame } from './step-frame.tsx';
import type { Enrolling, Secret } from './use-enrolling.ts';

interface StepCredentialProps {
  enrolling: Enrolling;
  enrollment: Enrollment | null;
  kind: SourceKind;
  disabledReason: string | undefined;
  onBack: () => void;
  onNext: () => void;
}
type SafePlace = readonly [LucideIcon, string, string];
const PROMPT: SafePlace = [Terminal, 'Paste at the prompt', 'connect reads it without echo, nothing is saved'];
const FILE: SafePlace = [FileLock2, 'Private file', 'Mode 0600, read with --credential-file'];
const SECRET_WORDS: Readonly<Partial<Record<SourceKind, SafePlace>>> = {
  docker_host: [Lock, 'Docker secret', 'Mounted read-only, handed to connect on its standard input'],
  kubernetes_worker: [Lock, 'Kubernetes secret', 'Mounted read-only, handed to connect on its standard input'],
  ci_runner: [Lock, 'CI secret', 'Masked in logs, handed to connect on its standard input'],
};

const SafePlaces = ({ kind }: { kind: SourceKind }) => (
  <div className="step-part">
    <h3>Safe places on a {KIND_LABELS[kind]}</h3>
    <ul className="safe-places">
      {[SECRET_WORDS[kind], FILE, PROMPT].map((place) => {
        if (place === undefined) return null;
        const [Icon, title, detail] = place;
        return (
          <li key={title}>
            <Icon size={16} className="text-2" aria-hidden="true" />
            <span className="medium">{title}</span>
            <span className="text-2">{detail}</span>
          </li>
        );
      })}
    </ul>
  </div>
);

const Shown = ({ secret, state }: { secret: Secret; state: CredentialState }) => {
  const left = secret.expiresAtMs - useNow();
  const [isRevealed, setRevealed] = useState(false);
  useCommand('secret.reveal', () => setRevealed(!isRevealed));
  return (
    <SecretField
      label="Runtime credential"
      value={secret.credential}
      isRevealed={isRevealed}
      onReveal={setRevealed}
      facts={
        <>
          {state === 'issued' ? (
            <>
              <CountdownRing leftMs={left} totalMs={secret.ttlMs} size={16} />
              <span>
                Expires in <b>{formatDuration(left)}</b> if unused
              </span>
              <span className="toolbar-rule" />
            </>
          ) : null}
          <span>
            Fingerprint <code>{secret.fingerprint}</code>
          </span>
          <span className="toolbar-rule" />
          <span>{CREDENTIAL_LOOKS[state].label}</span>
        </>
      }
    />
  );
};

const GONE: Readonly<Record<CredentialState, readonly [string, string]>> = {
  issued: ['The credential is no longer shown', 'It was shown once. If you did not keep it, burn it and enroll again.'],
  redeemed: ['The credential was used', 'A runner connected with it, so it is used up. Nothing more is to do here.'],
  expired: ['The credential expired unused', 'This credential expired unused. Create a new one.'],
  burned: ['The credential was burned', 'It cannot be used any more. Create a new one.'],
};

/** Step 3: the credential, shown once. Leaving the step hides it for good. */
export const StepCredential = (props: StepCredentialProps) => {
  const { enrolling, enrollment } = props;
  const { secret } = enrolling;
  const [isCopied, setCopied] = useState(false);
  const clock = useNow();
  const isOver = secret !== null && clock >= secret.expiresAtMs;
  const state: CredentialState = isOver && enrollment?.state === 'issued' ? 'expired' : (enrollment?.state ?? 'issued');
  const isShown = secret !== null && (state === 'issued' || state === 'redeemed');
  const [title, gone] = GONE[state];
  let why: string | undefined;
  if (state === 'expired' || state === 'burned') why = 'Create a new credential first.';
  else if (isShown && !isCopied) why = 'Say first that you copied it: it is hidden from then on.';
  return (
    <StepFrame
      title={isShown ? 'Copy the runtime credential now' : title}
      lead={isShown ? 'It is shown once and works once. The console keeps a fingerprint, never the value.' : gone}
      foot={
        <>
          <Button size="large" onClick={props.onBack}>
            Back
          </Button>
          <Button className="push" look="primary" size="large" disabledReason={why} onClick={props.onNext}>
            Show the commands
          </Button>
        </>
      }
    >
      {isShown ? <Shown secret={secret} state={state} /> : null}
      <Treat isShown={isShown} state={state}>
        <Button
          look="danger"
          icon={<Flame />}
          disabledReason={props.disabledReason ?? (state === 'redeemed' ? 'It was used already.' : undefined)}
          isBusy={enrolling.isBusy}
          busyLabel="Burning"
          onClick={() => {
            setCopied(false);
            void enrolling.reissue();
          }}
        >
          {state === 'expired' || state === 'burned' ? 'Create a new one' : 'Burn and enroll again'}
        </Button>
      </Treat>
      {enrolling.problem === null ? null : (
        <Banner tone="fail" shape="cross-square" role="alert" title="Not enrolled again">
          {problemText(enrolling.problem)}
        </Banner>
      )}
      {isShown ? (
        <>
          <CheckField label="I copied it to a place only this runner can read" isOn={isCopied} onChange={setCopied} />
          <SafePlaces kind={props.kind} />
        </>
      ) : null}
    </StepFrame>
  );
};

const Treat = ({ isShown, state, children }: { isShown: boolean; state: CredentialState; children: ReactNode }) => (
  <>
    {state === 'issued' ? (
      <Banner tone="wait" shape="triangle" title="Treat it as burned if anyone else could have seen it.">
        Chat, logs, screenshots, shared channels or shell history you do not control. Burn it here and enroll again: the
        old value stops working at once.
      </Banner>
    ) : null}
    <div className="row">
      {children}
      {isShown ? <span className="text-2 text-xs">Leaving this step hides the value for good.</span> : null}
    </div>
  </>
);
