import { artifactName } from '../layout.ts';
import { BundleFault } from './bundle-files.ts';
import { LEASE_ENDS } from './check-calls.ts';
import type { Judged } from './check-trust.ts';

/** Every artifact has the bytes of its name, and what entries name is there or marked as left out. */
export function checkArtifacts(judged: Judged): string {
  const { files, trust } = judged;
  const names = files.below('artifacts');
  for (const name of names)
    if (artifactName(files.sha256(name)) !== name)
      throw new BundleFault(`${name} has the SHA-256 ${files.sha256(name)}`);
  const named = artifactsNamed(judged);
  const stray = names.find((name) => !named.has(name.slice('artifacts/'.length)));
  if (stray !== undefined) throw new BundleFault(`${stray} is named by no entry of the bundle`);
  const gone = [...named].filter((sha256) => !files.has(artifactName(sha256)));
  const lost = gone.find((sha256) => trust?.leftOut.has(sha256) !== true);
  if (lost !== undefined) throw new BundleFault(`${artifactName(lost)} is missing, and not marked as left out`);
  return `${names.length} ${names.length === 1 ? 'artifact or log has the bytes of its digest' : 'artifacts and logs have the bytes of their digests'}, ${gone.length} ${gone.length === 1 ? 'is' : 'are'} marked as left out`;
}

interface End {
  artifacts: { sha256: string }[];
  artifact_list_sha256?: string;
  output: { stdout: { sha256: string | null }; stderr: { sha256: string | null } } | null;
}

/** Digests of what attempts left: artifacts, the list of them where it is long, both streams of output. */
function artifactsNamed({ files, entries }: Judged): Set<string> {
  const named = new Set<string>();
  for (const { events } of entries.values())
    for (const { type, body } of events) {
      if (!LEASE_ENDS.has(type)) continue;
      const end = body as unknown as End;
      for (const { sha256 } of end.artifacts) named.add(sha256);
      for (const stream of [end.output?.stdout, end.output?.stderr])
        if (typeof stream?.sha256 === 'string') named.add(stream.sha256);
      const list = end.artifact_list_sha256;
      if (list === undefined) continue;
      named.add(list);
      if (files.has(artifactName(list)))
        for (const { sha256 } of files.json(artifactName(list)) as { sha256: string }[]) named.add(sha256);
    }
  return named;
}
