import { posix } from 'node:path';
import type { ParsedSource } from './parse-source.ts';
import type { Offence } from './project-files.ts';

/** Modules that may read a clock, draw lots or set a timer; all others get them passed in. */
const TIME_AND_CHANCE_FILES = /^(clock|ids|scheduler|random)\.(ts|mjs)$/;
const TIME_AND_CHANCE =
  /^(Date\.now|new Date\(\)|Date\(\)|Math\.random|performance\.now|process\.hrtime|crypto\.(randomUUID|getRandomValues)|(globalThis|window)\.(setTimeout|setInterval)|(randomUUID|randomBytes|randomInt|setTimeout|setInterval)\(\))$/;
const TIMER_MODULES = /^(node:)?timers(\/promises)?$/;

/** The modules that speak to people and to log files. */
const PRINTING_FILES = /^(logger|printer)\.(ts|mjs)$/;
const STATE_FOLDER = 'src-server/state/';

/** Upper-case SQL at the head of a clause; prose about selecting something does not look like this. */
const SQL_TEXT =
  /\b(SELECT\s+[^;]{1,400}?\s+FROM\s|SELECT\s+(COUNT|MAX|MIN|SUM|changes)\s*\(|INSERT\s+(OR\s+[A-Z]+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|(CREATE|DROP|ALTER)\s+(TEMP\s+|UNIQUE\s+)?(TABLE|INDEX|VIEW|TRIGGER)\s|PRAGMA\s+\w|BEGIN\s+(IMMEDIATE|EXCLUSIVE|TRANSACTION))/;

/** Clock, lots and timers outside of their modules. */
export const timeOffences = (source: ParsedSource): Offence[] => {
  if (TIME_AND_CHANCE_FILES.test(posix.basename(source.path))) return [];
  const mend = 'take a clock, timers or ids as a parameter; only clock, ids, scheduler and random modules may';
  return [
    ...source.names
      .filter(({ name }) => TIME_AND_CHANCE.test(name))
      .map(({ name, line }) => ({ path: source.path, line, what: `uses ${name}`, mend })),
    ...source.uses
      .filter(({ specifier }) => TIMER_MODULES.test(specifier))
      .map(({ specifier, line }) => ({ path: source.path, line, what: `imports ${specifier}`, mend })),
  ];
};

/** `console.*` outside of the logger and the printers. */
export const consoleOffences = (source: ParsedSource): Offence[] =>
  PRINTING_FILES.test(posix.basename(source.path))
    ? []
    : source.names
        .filter(({ name }) => name.startsWith('console.'))
        .map(({ name, line }) => ({
          path: source.path,
          line,
          what: `uses ${name}`,
          mend: 'only logger and printer modules may; take one as a parameter',
        }));

/** SQL outside of the state folder. */
export const sqlOffences = (source: ParsedSource): Offence[] =>
  source.path.startsWith(STATE_FOLDER)
    ? []
    : source.strings
        .filter(({ text }) => SQL_TEXT.test(text))
        .map(({ line }) => ({
          path: source.path,
          line,
          what: 'holds SQL',
          mend: `make it a query or an applier in ${STATE_FOLDER}`,
        }));

/** Put together so that this file does not hold the words it looks for. */
const UNFINISHED = new RegExp(`\\b(${['TO', 'FIX'].map((w, i) => w + ['DO', 'ME'][i]).join('|')}|X{3}|HAC${'K'})\\b`);
const SILENCED = new RegExp(`@ts-(ignor${'e'}|nochec${'k'}|expect-erro${'r'})`);

/** Notes to oneself and silenced checks in comments. */
export const commentOffences = (source: ParsedSource): Offence[] =>
  source.comments.flatMap(({ text, line }) => {
    if (UNFINISHED.test(text))
      return [{ path: source.path, line, what: 'holds a note to oneself', mend: 'do it, or make it an issue' }];
    if (SILENCED.test(text))
      return [{ path: source.path, line, what: 'silences the type checker', mend: 'give it the right type' }];
    return [];
  });

const CAST_AWAY = new RegExp(`\\bas an${'y'}\\b|<an${'y'}>|:\\s*an${'y'}\\b(?=\\s*[;,)=|\\]])`);

/** Types that are cast away. Strings and comments are not looked at. */
export const castOffences = (path: string, text: string, source: ParsedSource): Offence[] => {
  const commentLines = new Set(source.comments.map(({ line }) => line));
  return text.split('\n').flatMap((content, index) => {
    const code = content.replace(/'[^']*'|"[^"]*"|`[^`]*`/g, '').replace(/\/\/.*|^\s*\*.*/, '');
    if (!CAST_AWAY.test(code) || (commentLines.has(index + 1) && /^\s*\/?\*/.test(content))) return [];
    return [{ path, line: index + 1, what: 'casts a type away', mend: 'use unknown and a schema or a type guard' }];
  });
};
