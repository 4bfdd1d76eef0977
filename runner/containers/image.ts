import { type ContainerEngine, engineStep } from './engine.ts';

const PULL_LIMIT_MS = 15 * 60_000;

/** The host that an image is fetched from; names without one are Docker Hub's. */
export function registryOf(image: string): string {
  const [first = ''] = image.split('/');
  return image.includes('/') && (/[.:]/.test(first) || first === 'localhost') ? first : 'docker.io';
}

/** `sha256:…` of an image that is named by digest. */
export const digestOf = (image: string): string => image.slice(image.indexOf('@') + 1);

/**
 * Makes sure that the image is on this source. It is fetched only from registries that the owner of this source named: a
 * job must not make it dial to hosts of the job's choice. Throws in words.
 */
export async function needImage(
  engine: ContainerEngine,
  image: string,
  registries: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const isThere = async () => (await engineStep(engine, ['image', 'inspect', '--format', '{{.Id}}', image])).code === 0;
  if (await isThere()) return;
  const registry = registryOf(image);
  if (!registries.includes(registry))
    throw new Error(
      `The image ${image} is not on this source, and it fetches none from ${registry}. ` +
        `Load it there, or start the runner with --image-registry ${registry}.`,
    );
  const pulled = await engineStep(engine, ['pull', '--quiet', image], { signal, limitMs: PULL_LIMIT_MS });
  if (pulled.code !== 0) throw new Error(`The image ${image} could not be fetched: ${pulled.reason}.`);
}
