import { parseSync, Visitor } from 'vite';
import type { Offence } from './project-files.ts';

/** A text that somebody may read: on a screen, in an answer, in a terminal, in a document. */
export interface VisibleText {
  path: string;
  line: number;
  text: string;
}

interface WordRule {
  words: RegExp;
  /** Uses that mean something else; taken out before the words are looked for. */
  except: readonly RegExp[];
  mend: string;
}

const RULES: readonly WordRule[] = [
  {
    words:
      /\b(bill(s|ed|ing|able)?|invoic\w*|charg(e|es|ed|ing|eable)|market\s?places?|purchas\w*|payments?|checkout page)\b/gi,
    // The one denial that the metering preview prints; it says what does not happen.
    except: [/nothing is charged/gi],
    mend: 'managed use is metered: say "metered" or "metering preview"',
  },
  { words: /\btasks?\b/gi, except: [], mend: 'say job' },
  {
    words: /\bworkers?\b/gi,
    // The name of a kind of source.
    except: [/kubernetes workers?\b/gi],
    mend: 'say runner for the process, source for the place',
  },
  {
    words: /\bnodes?\b/gi,
    // Node.js by its name, and its command as it is typed.
    except: [/\bNode\b/g, /\bnode(?= (out\/|--|on PATH))/g, /\bnode:/g],
    mend: 'say source',
  },
  { words: /\bmachines?\b/gi, except: [/\bthis machine\b/gi], mend: 'say source, or "this machine"' },
  {
    words: /\bagents?\b/gi,
    // What is run, never what runs it.
    except: [/\bagent (jobs?|CLIs?)\b/gi],
    mend: 'say runner',
  },
];

/** Files whose texts are programs or other people's formats, each with its reason. */
const NOT_PROSE: readonly (readonly [path: string, why: string])[] = [
  ['runner/confinement/bubblewrap-args.ts', 'a shell program'],
  ['runner/confinement/probe-bubblewrap.ts', 'a program for Node'],
  ['runner/confinement/relay-program.ts', 'a program for Node'],
  ['runner/service-unit.ts', 'the XML of the Windows scheduler, whose element is called Task'],
  ['src-main/tooling/build-parts.mjs', 'the first line of a program'],
  ['src-server/http/runner-commands.ts', 'commands to be pasted'],
  ['src-server/ledger/tree/hashes.ts', 'a node of a Merkle tree, in a fault of our own'],
  ['src-server/ledger/tree/perfect-nodes.ts', 'a node of a Merkle tree, in a fault of our own'],
];
export const NOT_PROSE_PATHS: ReadonlySet<string> = new Set(NOT_PROSE.map(([path]) => path));

/** Prose has words apart, or begins like a label; names, codes and keys do neither. */
const isProse = (text: string): boolean => /\S\s+\S/.test(text) || /^\s*[A-Z][a-z]/.test(text);

/** Texts in code: strings, templates and what stands between tags. */
export function textsOfCode(path: string, code: string): VisibleText[] {
  const found: VisibleText[] = [];
  const see = (text: string, offset: number): void => {
    if (isProse(text)) found.push({ path, line: code.slice(0, offset).split('\n').length, text });
  };
  new Visitor({
    Literal(node) {
      if (typeof node.value === 'string') see(node.value, node.start);
    },
    TemplateLiteral(node) {
      see(node.quasis.map((quasi) => quasi.value.raw).join('…'), node.start);
    },
    JSXText(node) {
      const lead = node.value.length - node.value.trimStart().length;
      see(node.value, node.start + lead);
    },
  }).visit(parseSync(path, code).program);
  return found;
}

/** Texts of a document, line by line, without its commands: blocks and spans of code. */
export function textsOfDocument(path: string, content: string): VisibleText[] {
  let isCode = false;
  return content.split('\n').flatMap((text, index) => {
    if (text.startsWith('```')) {
      isCode = !isCode;
      return [];
    }
    return isCode ? [] : [{ path, line: index + 1, text: text.replace(/`[^`]*`/g, '') }];
  });
}

/** Every string of a JSON file, each on the line where it first stands. */
export function textsOfJson(path: string, content: string): VisibleText[] {
  const found: VisibleText[] = [];
  JSON.parse(content, (_key, value: unknown) => {
    if (typeof value === 'string' && isProse(value)) {
      const at = content.indexOf(JSON.stringify(value).slice(1, -1));
      found.push({ path, line: content.slice(0, Math.max(0, at)).split('\n').length, text: value });
    }
    return value;
  });
  return found;
}

/** Words that the vocabulary of this project does not use. */
export function wordOffences({ path, line, text }: VisibleText): Offence[] {
  return RULES.flatMap(({ words, except, mend }) => {
    const rest = except.reduce((left, allowed) => left.replace(allowed, ' '), text);
    return [...rest.matchAll(words)].map(([word]) => ({ path, line, what: `says “${word}”`, mend }));
  });
}
