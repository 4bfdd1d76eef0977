import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** What the owner of a source says of its cluster. */
export interface ClusterSettings {
  /** A kubeconfig in JSON form; null: this runner is itself in a pod of the cluster. */
  kubeconfig: string | null;
  /** Where jobs run; null: the namespace of the kubeconfig's context, or of this runner's pod. */
  namespace: string | null;
  /** An image by digest with a static /bin/busybox, for what stands around the job. */
  helperImage: string;
}

/** How the API of a cluster is reached. */
export interface ClusterAccess {
  origin: URL;
  namespace: string;
  ca: Buffer | null;
  cert: Buffer | null;
  key: Buffer | null;
  /** Name in the server's certificate, where it is not that of the address. */
  serverName: string | null;
  /** Asked before each call: the token of a pod is renewed in its file. */
  token: () => string | null;
}

const IN_POD = '/var/run/secrets/kubernetes.io/serviceaccount';
const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const FOREIGN_RIGHTS = 0o077;
const AS_JSON = 'kubectl config view --raw --minify --flatten -o json >FILE && chmod 600 FILE';

type Named<T> = { name?: unknown } & T;
interface Kubeconfig {
  'current-context'?: string;
  contexts?: Named<{ context?: { cluster?: string; user?: string; namespace?: string } }>[];
  clusters?: Named<{ cluster?: Record<string, unknown> }>[];
  users?: Named<{ user?: Record<string, unknown> }>[];
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/;

/** The address of an API, over TLS or within this machine. Throws in words. */
function originOf(server: unknown): URL {
  const origin = URL.canParse(String(server)) ? new URL(String(server)) : null;
  if (origin === null || (origin.protocol !== 'https:' && origin.protocol !== 'http:'))
    throw new Error('the kubeconfig names no server like https://cluster.example:6443');
  if (origin.protocol === 'http:' && !LOOPBACK.test(origin.hostname))
    throw new Error('the kubeconfig names a server without TLS, and secrets would cross the network readable');
  if (origin.username !== '' || origin.password !== '') throw new Error('the address of the cluster holds a password');
  return origin;
}

function namespaceOf(name: string): string {
  if (!NAMESPACE.test(name)) throw new Error(`${name.slice(0, 80)} is not the name of a namespace`);
  return name;
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Bytes that stand in the kubeconfig itself or in a file that it names. */
function bytesOf(members: Record<string, unknown>, name: string, folder: string): Buffer | null {
  const inline = text(members[`${name}-data`]);
  if (inline !== null) return Buffer.from(inline, 'base64');
  const path = text(members[name]);
  return path === null ? null : readFileSync(resolve(folder, path));
}

const pick = <T extends { name?: unknown }>(list: readonly T[] | undefined, name: string | undefined): T | undefined =>
  list?.find((each) => each.name === name);

function readKubeconfig(path: string): Kubeconfig {
  const { mode } = statSync(path);
  if (process.platform !== 'win32' && (mode & FOREIGN_RIGHTS) !== 0)
    throw new Error(`${path} is open to other users: chmod 600 ${path}`);
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Kubeconfig;
  } catch {
    throw new Error(`${path} is not JSON, which is the form that is read here: ${AS_JSON}`);
  }
}

/** How this user signs in. A program that would make a token is refused: it is one more that sees this machine. */
function userOf(user: Record<string, unknown>, folder: string): Pick<ClusterAccess, 'cert' | 'key' | 'token'> {
  for (const name of ['exec', 'auth-provider', 'username'])
    if (user[name] !== undefined)
      throw new Error(`the kubeconfig signs in by ${name}: give it the token of a service account instead`);
  const [token, tokenFile] = [text(user.token), text(user.tokenFile)];
  return {
    cert: bytesOf(user, 'client-certificate', folder),
    key: bytesOf(user, 'client-key', folder),
    token: tokenFile === null ? () => token : () => readFileSync(resolve(folder, tokenFile), 'utf8').trim(),
  };
}

function fromKubeconfig(path: string, namespace: string | null): ClusterAccess {
  const config = readKubeconfig(path);
  const folder = dirname(resolve(path));
  const context = pick(config.contexts, config['current-context'])?.context;
  const cluster = pick(config.clusters, context?.cluster)?.cluster;
  if (context === undefined || cluster === undefined) throw new Error(`${path} has no current context with a cluster`);
  if (cluster['insecure-skip-tls-verify'] === true)
    throw new Error('the kubeconfig turns the check of the server off: name its certificate-authority-data instead');
  if (cluster['proxy-url'] !== undefined) throw new Error('the kubeconfig names a proxy, and this runner uses none');
  return {
    origin: originOf(cluster.server),
    namespace: namespaceOf(namespace ?? context.namespace ?? 'default'),
    ca: bytesOf(cluster, 'certificate-authority', folder),
    serverName: text(cluster['tls-server-name']),
    ...userOf(pick(config.users, context.user)?.user ?? {}, folder),
  };
}

function fromPod(env: Readonly<Record<string, string | undefined>>, namespace: string | null): ClusterAccess {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = '443' } = env;
  if (host === undefined)
    throw new Error('this runner is not in a pod of a cluster, and --kubeconfig names none (JSON form)');
  return {
    origin: new URL(`https://${host.includes(':') ? `[${host}]` : host}:${port}`),
    namespace: namespaceOf(namespace ?? readFileSync(join(IN_POD, 'namespace'), 'utf8').trim()),
    ca: readFileSync(join(IN_POD, 'ca.crt')),
    cert: null,
    key: null,
    serverName: null,
    token: () => readFileSync(join(IN_POD, 'token'), 'utf8').trim(),
  };
}

/** Reads how the cluster is reached. Throws an Error in words, never with a secret in them. */
export function clusterAccess(
  { kubeconfig, namespace }: ClusterSettings,
  env: Readonly<Record<string, string | undefined>>,
): ClusterAccess {
  return kubeconfig === null ? fromPod(env, namespace) : fromKubeconfig(kubeconfig, namespace);
}
