import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { acceptWebSocket, serveExec } from './stand-in-exec.ts';
import { type PodSpec, StandInPod } from './stand-in-pod.ts';

/** Debian's busybox-static; one file that holds a shell and the usual programs. */
const BUSYBOX = '/bin/busybox';
const FOLDERS = ['bin', 'tmp', 'job', '.cc', 'cc', 'log', 'proc', 'dev', 'etc'];
export const NAMESPACE = 'jobs';
export const JOB_IMAGE = `registry.example/tools@sha256:${'a'.repeat(64)}`;
export const HELPER_IMAGE = `registry.example/helper@sha256:${'b'.repeat(64)}`;
/** Where nobody listens. */
const DEAF_PORT = 9;
const TOKEN = 'the-token-of-a-service-account';

interface Manifest {
  kind: string;
  metadata: { name: string; labels?: Record<string, string> };
  spec: Record<string, unknown>;
}
interface Rule extends Manifest {
  spec: { podSelector: { matchLabels?: Record<string, string> }; policyTypes: string[]; egress?: unknown[] };
}
interface Answer {
  status: number;
  json: unknown;
}
const refused = (status: number, reason: string, message: string): Answer => ({
  status,
  json: { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code: status },
});
const ok = (json: unknown, status = 200): Answer => ({ status, json });

/** What the "restricted" Pod Security Standard asks of a pod; a cluster that enforces it refuses the rest. */
function lackOf(spec: Record<string, unknown>): string | null {
  const pod = spec as {
    securityContext?: { runAsNonRoot?: boolean; seccompProfile?: { type?: string } };
    volumes?: object[];
    hostNetwork?: boolean;
    automountServiceAccountToken?: boolean;
    containers: { securityContext?: Record<string, unknown> }[];
    initContainers?: { securityContext?: Record<string, unknown> }[];
  };
  const isHeld = [...pod.containers, ...(pod.initContainers ?? [])].every(
    ({ securityContext: { allowPrivilegeEscalation, privileged, capabilities } = {} }) =>
      allowPrivilegeEscalation === false && privileged !== true && JSON.stringify(capabilities) === '{"drop":["ALL"]}',
  );
  if (!isHeld) return 'allowPrivilegeEscalation, capabilities';
  if (pod.securityContext?.runAsNonRoot !== true) return 'runAsNonRoot';
  if (pod.securityContext.seccompProfile?.type !== 'RuntimeDefault') return 'seccompProfile';
  if (pod.volumes?.some((volume) => !('emptyDir' in volume))) return 'restricted volume types';
  return pod.hostNetwork === true ? 'hostNetwork' : null;
}

/**
 * A stand-in for the API of a Kubernetes cluster, after its documentation: Jobs, pods, network rules and exec. It is no
 * cluster: each container is a process of this machine in namespaces of bubblewrap, images are folders, memory is sampled,
 * and nothing is scheduled. What it proves is the runner's side of the API.
 */
export class StandInCluster {
  readonly jobs = new Map<string, Manifest>();
  readonly pods = new Map<string, StandInPod>();
  readonly rules = new Map<string, Rule>();
  /** Method and path of every call, in order. */
  readonly calls: string[] = [];
  /** Bodies of everything that was created. */
  readonly created: Manifest[] = [];
  /** Output that a cluster would have kept of pods that are gone. */
  kept = '';
  /** Whether its network heeds network rules; not every cluster's does. */
  enforcesRules = true;
  /** Pods are told of no address where the API would answer them. */
  isSilentInside = false;
  /** Answers every call with 503 while true. */
  isDown = false;
  readonly #folder = mkdtempSync(join(tmpdir(), 'cc-cluster-'));
  readonly #sockets = new Set<Duplex>();
  readonly #images = new Map<string, string>();
  #server: Server | null = null;
  #port = 0;
  #count = 0;

  static async start(): Promise<StandInCluster> {
    const cluster = new StandInCluster();
    cluster.addImage(JOB_IMAGE);
    cluster.addImage(HELPER_IMAGE);
    const { key, cert } = cluster.#certify();
    const server = createServer(
      { key, cert },
      (request, response) =>
        void cluster.#serve(request).then(({ status, json }) => {
          response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
        }),
    );
    server.on('upgrade', (request, socket, head) => cluster.#upgrade(request, socket, head));
    cluster.#server = server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cluster.#port = (server.address() as AddressInfo).port;
    writeFileSync(cluster.kubeconfig, JSON.stringify(cluster.#config()), { mode: 0o600 });
    return cluster;
  }

  get url(): string {
    return `https://127.0.0.1:${this.#port}`;
  }

  get kubeconfig(): string {
    return join(this.#folder, 'kubeconfig.json');
  }

  /** What the flags of a runner say of it. */
  get settings() {
    return { kubeconfig: this.kubeconfig, namespace: null, helperImage: HELPER_IMAGE };
  }

  async close(): Promise<void> {
    for (const pod of this.pods.values()) pod.kill();
    this.cut();
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Cuts every connection that carries a program's streams, as a balancer in between does. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Makes an image of busybox alone. */
  addImage(name: string): void {
    const rootfs = join(this.#folder, `image-${this.#images.size}`);
    for (const folder of FOLDERS) mkdirSync(join(rootfs, folder), { recursive: true });
    cpSync(BUSYBOX, join(rootfs, 'bin/busybox'));
    const names = execFileSync(BUSYBOX, ['--list'], { encoding: 'utf8' }).trim().split('\n');
    for (const each of names) if (each !== 'busybox') symlinkSync('busybox', join(rootfs, 'bin', each));
    this.#images.set(name, rootfs);
  }

  /** The address and the certificate, as a kubeconfig holds them. */
  get clusterJson(): object {
    const ca = readFileSync(join(this.#folder, 'cert.pem'));
    return { server: this.url, 'certificate-authority-data': ca.toString('base64') };
  }

  /** A certificate of its own for this address; needs the openssl program. */
  #certify(): { key: Buffer; cert: Buffer } {
    const [key, cert] = [join(this.#folder, 'key.pem'), join(this.#folder, 'cert.pem')];
    const how = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '9',
      '-subj',
      '/CN=cluster',
    ];
    const name = ['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert];
    execFileSync('openssl', ['req', '-x509', ...how, ...name], { stdio: 'ignore' });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  }

  #config(): object {
    return {
      'current-context': 'here',
      contexts: [{ name: 'here', context: { cluster: 'here', user: 'runner', namespace: NAMESPACE } }],
      clusters: [{ name: 'here', cluster: this.clusterJson }],
      users: [{ name: 'runner', user: { token: TOKEN } }],
    };
  }

  #isCut(labels: Readonly<Record<string, string>>): boolean {
    return [...this.rules.values()].some(
      ({ spec: { podSelector, policyTypes, egress = [] } }) =>
        policyTypes.includes('Egress') &&
        egress.length === 0 &&
        Object.entries(podSelector.matchLabels ?? {}).every(([name, value]) => labels[name] === value),
    );
  }

  async #serve(request: IncomingMessage): Promise<Answer> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://cluster');
    this.calls.push(`${request.method} ${pathname}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (this.isDown) return refused(503, 'ServiceUnavailable', 'the server is currently unable to handle the request');
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return refused(401, 'Unauthorized', 'Unauthorized');
    if (pathname === '/version') return ok({ gitVersion: 'v1.32.0' });
    const match = new RegExp(`^/api(?:s/[a-z0-9.]+)?/v1/namespaces/${NAMESPACE}/([a-z]+)(?:/([a-z0-9-]+))?$`).exec(
      pathname,
    );
    if (match === null) return refused(404, 'NotFound', 'the server could not find the requested resource');
    const body = chunks.length === 0 ? null : JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const [, kind = '', name = ''] = match;
    if (kind === 'jobs') return this.#serveJobs(request.method ?? '', name, body, searchParams);
    if (kind === 'pods') return this.#servePods(request.method ?? '', name, body, searchParams);
    if (kind === 'networkpolicies') return this.#serveRules(request.method ?? '', name, body);
    return refused(404, 'NotFound', `the server could not find ${kind}`);
  }

  #serveJobs(method: string, name: string, body: Manifest, query: URLSearchParams): Answer {
    if (method === 'POST') {
      if (this.jobs.has(body.metadata.name))
        return refused(409, 'AlreadyExists', `jobs "${body.metadata.name}" already exists`);
      const { template } = body.spec as {
        template: { metadata: { labels: Record<string, string> }; spec: Record<string, unknown> };
      };
      const lack = lackOf(template.spec);
      if (lack !== null) return refused(403, 'Forbidden', `violates PodSecurity "restricted:latest": ${lack}`);
      this.created.push(body);
      this.jobs.set(body.metadata.name, body);
      this.#makePod(body.metadata.name, template.metadata.labels, template.spec as unknown as PodSpec);
      return ok(body, 201);
    }
    const found = this.jobs.get(name);
    if (name === '') return ok({ kind: 'JobList', items: selected([...this.jobs.values()], query) });
    if (found === undefined) return refused(404, 'NotFound', `jobs.batch "${name}" not found`);
    if (method !== 'DELETE') return ok(found);
    this.jobs.delete(name);
    for (const pod of this.pods.values()) if (pod.labels['connected-compute/job'] === name) pod.delete();
    return ok({ kind: 'Status', status: 'Success' });
  }

  #makePod(job: string, labels: Record<string, string>, spec: PodSpec): void {
    this.#count += 1;
    const name = `${job}-${this.#count}`;
    const pod: StandInPod = new StandInPod(name, labels, spec, {
      rootfsOf: (image) => this.#images.get(image),
      hasNetwork: () => !(this.enforcesRules && this.#isCut(labels)),
      environment: {
        KUBERNETES_SERVICE_HOST: '127.0.0.1',
        KUBERNETES_SERVICE_PORT: String(this.isSilentInside ? DEAF_PORT : this.#port),
      },
      onGone: () => {
        this.kept += pod.kept;
        this.pods.delete(name);
      },
    });
    this.pods.set(name, pod);
  }

  #servePods(
    method: string,
    name: string,
    body: { gracePeriodSeconds?: number } | null,
    query: URLSearchParams,
  ): Answer {
    if (name === '') {
      const pods = [...this.pods.values()].map((pod) => pod.json() as Manifest);
      return ok({ kind: 'PodList', items: selected(pods, query) });
    }
    const pod = this.pods.get(name);
    if (pod === undefined) return refused(404, 'NotFound', `pods "${name}" not found`);
    if (method === 'DELETE') pod.delete(body?.gracePeriodSeconds);
    return ok(pod.json());
  }

  #serveRules(method: string, name: string, body: Rule): Answer {
    if (method === 'POST') {
      if (this.rules.has(body.metadata.name)) return refused(409, 'AlreadyExists', 'it already exists');
      this.created.push(body);
      this.rules.set(body.metadata.name, body);
      return ok(body, 201);
    }
    const found = this.rules.get(name);
    if (found === undefined) return refused(404, 'NotFound', `networkpolicies.networking.k8s.io "${name}" not found`);
    if (method === 'DELETE') this.rules.delete(name);
    return ok(found);
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://cluster');
    this.calls.push(`${request.method} ${pathname}?${searchParams}`);
    const pod = this.pods.get(
      new RegExp(`^/api/v1/namespaces/${NAMESPACE}/pods/([a-z0-9-]+)/exec$`).exec(pathname)?.[1] ?? '',
    );
    const refuse = (status: string): void => {
      socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
    };
    const isKnown = request.headers.authorization === `Bearer ${TOKEN}`;
    if (this.isDown || !isKnown) {
      refuse(isKnown ? '503 Service Unavailable' : '401 Unauthorized');
      return;
    }
    const started = pod?.exec(searchParams.get('container') ?? '', searchParams.getAll('command')) ?? null;
    if (started === null) {
      refuse('404 Not Found');
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    acceptWebSocket(request, socket);
    serveExec(socket, head, started);
  }
}

/** Those with all the labels that a query asks for. */
function selected<T extends { metadata: { labels?: Record<string, string> } }>(
  items: readonly T[],
  query: URLSearchParams,
): T[] {
  const wanted = (query.get('labelSelector') ?? '')
    .split(',')
    .filter(Boolean)
    .map((each) => each.split('='));
  return items.filter(({ metadata }) => wanted.every(([name = '', value]) => metadata.labels?.[name] === value));
}
