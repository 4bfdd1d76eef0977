import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import { newIdempotencyKey } from '../ids.ts';
import { type ClusterSettings, clusterAccess } from './cluster-access.ts';
import { ClusterClient } from './cluster-client.ts';
import { JobPod, needNetworkRule } from './job-pod.ts';
import type { PodPlan } from './manifests.ts';
import { helper, REST_SCRIPT, startFiles } from './pod-scripts.ts';
import { endOf } from './pod-state.ts';
import { letGo, type NetworkTarget, notCutWords, openTargets, sendFiles, takeOutputs, untilCut } from './pod-steps.ts';
import { TarWriter } from './tar-write.ts';

const UP_LIMIT_MS = 120_000;
const TRY_LIMIT_MS = 30_000;
const POLL_MS = 250;
const DEADLINE_S = 300;
const SILENCE_S = 120;
const LIMITS = { memoryBytes: 64 * 1024 ** 2, cpuMilli: 100, processes: 0 };
const EXIT_OF_TRY = 7;
const LOOPBACK = /^(127\.|::1$)/;

/** A cluster that was seen to hold what jobs are promised. */
export interface Cluster {
  settings: ClusterSettings;
  version: string;
  /** What else than its own service address the API answers at; a pod without network must reach neither. */
  targets: readonly NetworkTarget[];
}

/** What was found; `why` says what kept it from holding. */
export interface ClusterFinding {
  cluster: Cluster | null;
  why: string | null;
}

/** Prints what it could do that it should not, and what it has of rights. */
const TRY_SCRIPT = `
(: >/cc-probe) 2>/dev/null && echo leak:root
(: >/.cc/cc-probe) 2>/dev/null && echo leak:control
[ -e /var/run/secrets/kubernetes.io/serviceaccount/token ] && echo leak:token
[ -n "$KUBERNETES_SERVICE_HOST" ] && echo leak:environment
while read -r name value rest; do
  case $name in CapEff:|CapBnd:|NoNewPrivs:|Uid:) echo "$name $value" ;; esac
done </proc/self/status
[ "$CC_PROBE" = 'a b' ] && read -r word <in && [ "$word" = came ] && echo told
echo own >own
exit ${EXIT_OF_TRY}
`;

function faultOf(said: string): string | null {
  const leak = /^leak:(.*)$/m.exec(said)?.[1];
  if (leak !== undefined) return `a pod could reach what it should not (${leak})`;
  const found = (name: string): string =>
    [...said.matchAll(new RegExp(`^${name} (.*)$`, 'gm'))].map(([, value]) => value).join();
  if (!/^0+$/.test(found('CapEff:')) || !/^0+$/.test(found('CapBnd:'))) return 'a pod kept rights';
  if (found('NoNewPrivs:') !== '1') return 'a pod could gain rights';
  if (/^0*$/.test(found('Uid:'))) return 'a pod ran as root';
  return /^told$/m.test(said) ? null : 'a pod did not get its inputs and its environment';
}

const targetsOf = ({ hostname, port, protocol }: URL): NetworkTarget[] => {
  const host = hostname.replace(/^\[|\]$/g, '');
  const isElsewhere = isIP(host) !== 0 && !LOOPBACK.test(host);
  return isElsewhere ? [{ host, port: Number(port || (protocol === 'https:' ? 443 : 80)) }] : [];
};

/** One cluster, tried with two pods that are removed afterwards: one with its network, one without. */
class ClusterProbe {
  readonly #folder = mkdtempSync(join(tmpdir(), 'cc-cluster-try-'));
  readonly #halt = new AbortController();
  readonly #name = newIdempotencyKey().slice(0, 8);

  constructor(
    private readonly client: ClusterClient,
    private readonly helperImage: string,
    private readonly targets: readonly NetworkTarget[],
    private readonly clock: Clock,
  ) {}

  /** Throws the words of what did not hold. */
  async run(): Promise<void> {
    try {
      await needNetworkRule(this.client);
      const tries = [this.#with('open', (pod) => this.#tryOpen(pod)), this.#with('none', (pod) => this.#tryHeld(pod))];
      // One that failed ends the other; both are removed before anything is said.
      for (const each of tries) each.catch(() => this.#halt.abort());
      const failed = (await Promise.allSettled(tries)).find((each) => each.status === 'rejected');
      if (failed !== undefined) throw failed.reason;
    } finally {
      rmSync(this.#folder, { recursive: true, force: true });
    }
  }

  async #with(network: PodPlan['network'], look: (pod: JobPod) => Promise<void>): Promise<void> {
    const plan: PodPlan = {
      name: `cc-probe-${this.#name}-${network}`,
      labels: { 'connected-compute/probe': this.#name },
      network,
      image: this.helperImage,
      mayFetch: true,
      helperImage: this.helperImage,
      limits: LIMITS,
      deadlineS: DEADLINE_S,
      silenceS: SILENCE_S,
    };
    const pod = new JobPod(this.client, plan, this.clock);
    try {
      await pod.up(this.#halt.signal, UP_LIMIT_MS);
      await look(pod);
    } finally {
      await pod.remove();
    }
  }

  /** That a pod reaches nothing proves something only where another one does. */
  async #tryOpen(pod: JobPod): Promise<void> {
    if ((await openTargets(pod, this.targets)).length > 0) return;
    throw new Error(
      'Whether network rules are enforced cannot be seen: a pod with its network does not reach the API of the cluster ' +
        'either. Let pods with the label connected-compute/network=open reach it',
    );
  }

  async #tryHeld(pod: JobPod): Promise<void> {
    const open = await untilCut(pod, this.targets, this.clock);
    if (open.length > 0) throw new Error(notCutWords(open));
    await sendFiles(pod, this.#files());
    if (!(await letGo(pod))) throw new Error('A pod could not start a program');
    const code = await this.#exitOf(pod);
    const { stdout } = await pod.run(helper(REST_SCRIPT, '1', '1'));
    const fault = code === EXIT_OF_TRY ? faultOf(stdout) : `a pod ended with ${code}`;
    if (fault !== null) throw new Error(fault);
    const folder = join(this.#folder, 'out');
    await takeOutputs(pod, ['own'], folder);
    const own = join(folder, 'own');
    if (!existsSync(own) || readFileSync(own, 'utf8') !== 'own\n') throw new Error('a pod could not give its outputs');
  }

  #files(): TarWriter {
    const work = join(this.#folder, 'work');
    mkdirSync(work);
    writeFileSync(join(work, 'in'), 'came\n');
    const archive = new TarWriter();
    archive.addFolder(work, 'job');
    const files = startFiles(['/.cc/busybox', 'sh', '-c', TRY_SCRIPT], { CC_PROBE: 'a b' });
    for (const [name, text] of Object.entries(files)) archive.addText(`cc/${name}`, text);
    return archive;
  }

  async #exitOf(pod: JobPod): Promise<number> {
    const giveUpAtMonoMs = this.clock.now().monoMs + TRY_LIMIT_MS;
    while (this.clock.now().monoMs < giveUpAtMonoMs) {
      const state = await pod.state();
      const end = state === null ? null : endOf(state);
      if (end !== null) return end.exitCode;
      await this.clock.sleep(POLL_MS);
    }
    throw new Error('a pod did not end');
  }
}

/** Whether the API answers at all, which costs one call. Null, or why not. */
export async function whyUnreachable(
  settings: ClusterSettings,
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
): Promise<string | null> {
  let client: ClusterClient | null = null;
  try {
    client = new ClusterClient(clusterAccess(settings, env), clock);
    await client.call('GET', '/version');
    return null;
  } catch (error) {
    return messageOf(error);
  } finally {
    client?.close();
  }
}

/** Tries with real pods whether a cluster holds what jobs are promised. Takes seconds; never rejects. */
export async function probeCluster(
  settings: ClusterSettings,
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
): Promise<ClusterFinding> {
  let client: ClusterClient | null = null;
  try {
    const access = clusterAccess(settings, env);
    client = new ClusterClient(access, clock);
    const { gitVersion = 'unknown' } = await client.call<{ gitVersion?: string }>('GET', '/version');
    const targets = targetsOf(access.origin);
    await new ClusterProbe(client, settings.helperImage, targets, clock).run();
    return { cluster: { settings, version: gitVersion, targets }, why: null };
  } catch (error) {
    return { cluster: null, why: messageOf(error).replace(/\.$/, '') };
  } finally {
    client?.close();
  }
}
