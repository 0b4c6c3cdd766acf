import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';

/** A TypeScript file of the repository; `path` is relative to its root, with `/`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export interface ImportStatement {
  /** As written: `./x.ts`, `pg`, `node:fs`. */
  readonly specifier: string;
  readonly isTypeOnly: boolean;
}

const ROOT = new URL('../../', import.meta.url);

/** Every `.ts` file under the folders, sorted by path. */
export function sourceFiles(...folders: string[]): SourceFile[] {
  return folders
    .flatMap((folder) => filesUnder(folder))
    .toSorted()
    .map((path) => ({ path, text: readFileSync(new URL(path, ROOT), 'utf8') }));
}

function filesUnder(folder: string): string[] {
  return readdirSync(new URL(`${folder}/`, ROOT), { withFileTypes: true }).flatMap((found) => {
    const path = posix.join(folder, found.name);
    if (found.isDirectory()) return filesUnder(path);
    return found.name.endsWith('.ts') ? [path] : [];
  });
}

/** The text without its comments; strings stay. Template texts and regular expressions with `//` are beyond it. */
export function withoutComments(text: string): string {
  const stringOrComment = /('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`)|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
  return text.replaceAll(stringOrComment, (_, string: string | undefined) => string ?? '');
}

/** What a file loads: import and export statements, dynamic imports, `require`, and files that it starts as workers. */
export function importsOf(text: string): ImportStatement[] {
  const code = withoutComments(text);
  const statement = /^\s*(?:import|export)\s+(type\s+)?(?:[\w$*{}\s,]+?\s+from\s+)?['"]([^'"\n]+)['"]/gm;
  const call = /\b(?:import|require|require\.resolve|import\.meta\.resolve)\(\s*['"]([^'"\n]+)['"]/g;
  const worker = /\bnew URL\(\s*['"](\.[^'"\n]+\.ts)['"]\s*,\s*import\.meta\.url/g;
  return [
    ...[...code.matchAll(statement)].map(([, type, specifier = '']) => ({
      specifier,
      isTypeOnly: type !== undefined,
    })),
    ...[...code.matchAll(call), ...code.matchAll(worker)].map(([, specifier = '']) => ({
      specifier,
      isTypeOnly: false,
    })),
  ];
}

/** The file that a relative import of `from` means; null for a package. */
export function importedPath(from: string, specifier: string): string | null {
  return specifier.startsWith('.') ? posix.normalize(posix.join(posix.dirname(from), specifier)) : null;
}

/** The package of a bare import: `@scope/name` or `name`; null for a relative import or a part of Node. */
export function importedPackage(specifier: string): string | null {
  if (specifier.startsWith('.') || specifier.startsWith('node:')) return null;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

/** Names of the exported functions and classes of a file that no doc comment stands above. */
export function undocumentedExports(text: string): string[] {
  const lines = text.split('\n');
  const declaration =
    /^export (?:default )?(?:abstract )?(?:(?:async )?function\*? *|class )(\w+)|^export const (\w+)(?:: .*?)? = (?:async )?(?:\(|<|function|\w+ =>)/;
  const documented = new Set<string>();
  return lines.flatMap((line, index) => {
    const match = declaration.exec(line);
    const name = match?.[1] ?? match?.[2];
    if (name === undefined || documented.has(name)) return [];
    // Later overloads of a documented function need no second comment.
    if (lines[index - 1]?.trimEnd().endsWith('*/') === true) {
      documented.add(name);
      return [];
    }
    return [name];
  });
}
