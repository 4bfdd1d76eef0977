import { canonicalJson } from '../canonical-json.ts';
import type { Clock } from '../clock.ts';
import { type ClusterClient, ClusterRefused } from './cluster-client.ts';
import { CONTAINER, jobManifest, LABEL, NETWORK_RULE, networkRule, type PodPlan } from './manifests.ts';
import { execInPod, type PodExec } from './pod-exec.ts';
import { isUp, type Pod, troubleOf, waitsFor } from './pod-state.ts';

const POLL_MS = 250;
/** Fetching an image is most of it. */
const UP_LIMIT_MS = 5 * 60_000;
/** A cluster that lost the place where a pod ran keeps it on its list for minutes. */
const GONE_LIMIT_MS = 60_000;
/** One second: with none at all a cluster forgets a pod whose processes may still run. */
const SHORTEST_GRACE_S = 1;

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

const textOf = async (stream: AsyncIterable<Buffer>): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
};

/** Puts the rule that cuts the network in place, as it has to be. Throws ClusterRefused or ClusterUnreachable. */
export async function needNetworkRule(client: ClusterClient): Promise<void> {
  const wanted = networkRule(client.access.namespace);
  const path = client.path('networking.k8s.io/v1', 'networkpolicies');
  const found = await client.find<typeof wanted>('GET', `${path}/${NETWORK_RULE}`);
  // A field that our rule does not have would let something through.
  if (found !== null && canonicalJson(found.spec) === canonicalJson(wanted.spec)) return;
  if (found !== null) await client.find('DELETE', `${path}/${NETWORK_RULE}`);
  await client.call('POST', path, wanted).catch((error: unknown) => {
    // Another runner of the same namespace was faster.
    if (!(error instanceof ClusterRefused && error.status === 409)) throw error;
  });
}

/** The pod of one attempt, from its making to its end. */
export class JobPod {
  #pod = '';

  constructor(
    private readonly client: ClusterClient,
    readonly plan: PodPlan,
    private readonly clock: Clock,
  ) {}

  /** Resolves when both containers run. Throws an Error in words; the caller removes what is there. */
  async up(signal: AbortSignal, limitMs = UP_LIMIT_MS): Promise<void> {
    const { client, clock, plan } = this;
    await client.call('POST', client.path('batch/v1', 'jobs'), jobManifest(plan, client.access.namespace));
    const giveUpAtMonoMs = clock.now().monoMs + limitMs;
    for (;;) {
      if (signal.aborted) throw new Error('The job was stopped before it began.');
      const pod = await this.#find();
      if (pod !== null) {
        this.#pod = pod.metadata.name;
        const trouble = troubleOf(pod, { job: plan.image, mayFetch: plan.mayFetch });
        if (trouble !== null) throw new Error(trouble);
        if (isUp(pod)) return;
      }
      if (clock.now().monoMs > giveUpAtMonoMs)
        throw new Error(
          `The cluster did not start the pod within ${Math.round(limitMs / 1000)} s: ${pod === null ? 'it made none' : waitsFor(pod)}.`,
        );
      await clock.sleep(POLL_MS, signal);
    }
  }

  /** The pod as it is now; null when it is gone. */
  state(): Promise<Pod | null> {
    return this.client.find<Pod>('GET', this.client.path('v1', 'pods', this.#pod));
  }

  /** Starts a program in the container beside the job. */
  exec(argv: readonly string[]): Promise<PodExec> {
    return execInPod(this.client, { pod: this.#pod, container: CONTAINER.beside }, argv, this.clock);
  }

  /** The same, to its end. */
  async run(argv: readonly string[], stdin?: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<Ran> {
    const exec = await this.exec(argv);
    try {
      const feed = async () => {
        for await (const bytes of stdin ?? []) await exec.write(bytes);
      };
      const [code, stdout, stderr] = await Promise.all([exec.done, textOf(exec.stdout), textOf(exec.stderr), feed()]);
      return { code, stdout, stderr };
    } finally {
      exec.close();
    }
  }

  /** Deletes it with all that belongs to it. Resolves with whether it was seen to be gone. */
  async remove(): Promise<boolean> {
    const { clock, plan } = this;
    const giveUpAtMonoMs = clock.now().monoMs + GONE_LIMIT_MS;
    for (;;) {
      // An API that does not answer now may do so in a moment.
      const left = await this.#delete(plan.name).catch(() => null);
      if (left === 0) return true;
      if (clock.now().monoMs > giveUpAtMonoMs) return false;
      await clock.sleep(POLL_MS);
    }
  }

  /** Asks once, and returns how many pods are left. */
  async #delete(name: string): Promise<number> {
    const { client } = this;
    await client.find('DELETE', client.path('batch/v1', 'jobs', name), { propagationPolicy: 'Background' });
    const pods = await this.#list();
    for (const { metadata } of pods)
      await client.find('DELETE', client.path('v1', 'pods', metadata.name), { gracePeriodSeconds: SHORTEST_GRACE_S });
    return pods.length === 0 ? 0 : (await this.#list()).length;
  }

  async #find(): Promise<Pod | null> {
    return (await this.#list())[0] ?? null;
  }

  async #list(): Promise<Pod[]> {
    const { client, plan } = this;
    const query = new URLSearchParams({ labelSelector: `${LABEL.job}=${plan.name}` });
    return (await client.call<{ items: Pod[] }>('GET', `${client.path('v1', 'pods')}?${query}`)).items;
  }
}
