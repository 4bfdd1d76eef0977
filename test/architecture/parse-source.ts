import { parseSync, Visitor } from 'vite';

/** One module that a file names. */
export interface ModuleUse {
  specifier: string;
  line: number;
  /** Erased when it is built. */
  isTypeOnly: boolean;
}

/** What the rules need to know of a file. */
export interface ParsedSource {
  path: string;
  uses: ModuleUse[];
  /** Dotted names that are called, constructed or read, such as `Date.now` or `new Date()`. */
  names: { name: string; line: number }[];
  strings: { text: string; line: number }[];
  comments: { text: string; line: number }[];
  /** True when the file has no statement of its own but only hands on what others export. */
  isBarrel: boolean;
}

interface Node {
  type: string;
  start: number;
  end: number;
}

const lineIndex = (text: string) => {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
};

const REEXPORTS = new Set(['ExportAllDeclaration', 'ImportDeclaration']);

const isBarrelBody = (body: readonly Node[]): boolean => {
  const handsOn = body.filter((node) => {
    if (node.type === 'ExportAllDeclaration') return true;
    return node.type === 'ExportNamedDeclaration' && !(node as Node & { declaration: unknown }).declaration;
  });
  return handsOn.length > 0 && body.every((node) => REEXPORTS.has(node.type) || handsOn.includes(node));
};

type ParsedModule = ReturnType<typeof parseSync>['module'];

const moduleUses = (module: ParsedModule, lineOf: (offset: number) => number, text: string): ModuleUse[] => {
  const uses: ModuleUse[] = module.staticImports.map(({ moduleRequest, entries, start }) => ({
    specifier: moduleRequest.value,
    line: lineOf(start),
    isTypeOnly: entries.length > 0 && entries.every((entry) => entry.isType),
  }));
  for (const { entries, start } of module.staticExports) {
    for (const { moduleRequest, isType } of entries) {
      if (moduleRequest) uses.push({ specifier: moduleRequest.value, line: lineOf(start), isTypeOnly: isType });
    }
  }
  for (const { moduleRequest, start } of module.dynamicImports) {
    const quoted = text.slice(moduleRequest.start, moduleRequest.end);
    // A computed name cannot be judged; only plain texts can.
    if (/^['"`][^$]*['"`]$/.test(quoted)) {
      uses.push({ specifier: quoted.slice(1, -1), line: lineOf(start), isTypeOnly: false });
    }
  }
  return uses;
};

/** Reads one file. @throws {Error} where it is not TypeScript or JavaScript. */
export const parseSource = (path: string, text: string): ParsedSource => {
  const { program, module, comments, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const lineOf = lineIndex(text);
  const parsed: ParsedSource = {
    path,
    uses: moduleUses(module, lineOf, text),
    names: [],
    strings: [],
    comments: comments.map(({ value, start }) => ({ text: value, line: lineOf(start) })),
    isBarrel: isBarrelBody(program.body as readonly Node[]),
  };
  new Visitor({
    MemberExpression(node) {
      if (node.object.type === 'Identifier' && !node.computed && node.property.type === 'Identifier') {
        parsed.names.push({ name: `${node.object.name}.${node.property.name}`, line: lineOf(node.start) });
      }
    },
    CallExpression(node) {
      if (node.callee.type === 'Identifier') {
        parsed.names.push({ name: `${node.callee.name}()`, line: lineOf(node.start) });
      }
    },
    NewExpression(node) {
      if (node.callee.type === 'Identifier' && node.arguments.length === 0) {
        parsed.names.push({ name: `new ${node.callee.name}()`, line: lineOf(node.start) });
      }
    },
    Literal(node) {
      if (typeof node.value === 'string') parsed.strings.push({ text: node.value, line: lineOf(node.start) });
    },
    TemplateLiteral(node) {
      const whole = node.quasis.map((quasi) => quasi.value.raw).join(' x ');
      parsed.strings.push({ text: whole, line: lineOf(node.start) });
    },
    TSImportType(node) {
      parsed.uses.push({ specifier: String(node.source.value), line: lineOf(node.start), isTypeOnly: true });
    },
  }).visit(program);
  return parsed;
};
