import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  importedPackage,
  importedPath,
  importsOf,
  sourceFiles,
  undocumentedExports,
  withoutComments,
} from './support/source-tree.ts';

/** Which folders (or files) of `src` may import a package; `zod` validates at every border. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  typeorm: ['database'],
  pg: ['database'],
  'reflect-metadata': ['database'],
  'pg-boss': ['jobs'],
  '@medplum/core': ['integrations/fhir'],
  'dicomweb-client': ['integrations/dicomweb'],
  'dcmjs-codecs': ['integrations/dicomweb'],
  dcmjs: ['integrations/dicomweb', 'integrations/demo-hospital'],
  piscina: ['ml/worker-threads.ts', 'ml/worker-thread-entry.ts', 'integrations/dicomweb'],
  '@apollo/server': ['http'],
  '@as-integrations/express5': ['http'],
  express: ['http'],
  'express-rate-limit': ['http'],
  helmet: ['http'],
  'graphql-ws': ['http'],
  ws: ['http'],
  'prom-client': ['http'],
  graphql: ['http', 'resolvers', 'security'],
  'graphql-scalars': ['http', 'resolvers', 'security'],
  '@graphql-tools/schema': ['http', 'resolvers', 'security'],
  dataloader: ['resolvers'],
  jose: ['security', 'integrations/fhir'],
  pino: ['logger.ts'],
  '@tensorflow/tfjs': ['ml/engine'],
  '@tensorflow/tfjs-backend-wasm': ['ml/engine'],
  '@tensorflow/tfjs-backend-webgpu': ['ml/engine'],
  '@tensorflow/tfjs-node': ['ml/engine'],
  '@tensorflow/tfjs-node-gpu': ['ml/engine'],
  'onnxruntime-node': ['ml/engine'],
  'fast-png': ['http/pictures', 'integrations/image-files'],
  tiff: ['integrations/image-files'],
  'nifti-reader-js': ['integrations/image-files'],
  webgpu: ['ml/engine'],
  '@itk-wasm/elastix': ['ml/registration/elastix'],
  'itk-wasm': ['ml/registration/elastix'],
};
const ANYWHERE = new Set(['zod']);
/** Made by `npm run codegen`; nobody reads or edits it. */
const GENERATED = new Set(['src/resolvers/schema-types.ts']);
const MAXIMUM_LINES = 300;

const source = sourceFiles('src').filter(({ path }) => !GENERATED.has(path));
const { dependencies, optionalDependencies } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as {
  dependencies: Record<string, string>;
  /** Loaded only where they are found. */
  optionalDependencies: Record<string, string>;
};

/** The part of the house that a file of `src` belongs to: `twins`, `integrations/fhir`, or a file of its own. */
function partOf(path: string): string {
  const [, first = '', second = ''] = path.split('/');
  return first === 'integrations' ? `integrations/${second}` : first;
}

/** Wiring is done here and nowhere else. */
const isWiring = (part: string): boolean => part === 'main.ts' || part === 'composition';

function mayImport(from: string, to: string): boolean {
  if (from === to || isWiring(from)) return true;
  if (from === 'errors.ts') return false;
  if (to === 'errors.ts') return true;
  if (from === 'twins' || from === 'logger.ts' || from === 'config.ts') return false;
  return to === 'twins' || to === 'logger.ts';
}

describe('the import rule', () => {
  test.each([
    ['twins', 'errors.ts', true],
    ['twins', 'logger.ts', false],
    ['twins', 'ml', false],
    ['ml', 'twins', true],
    ['resolvers', 'database', false],
    ['integrations/fhir', 'integrations/dicomweb', false],
    ['integrations/demo-hospital', 'ml', false],
    ['http', 'main.ts', false],
    ['http', 'config.ts', false],
    ['main.ts', 'database', true],
    ['errors.ts', 'twins', false],
  ])('lets %s import %s: %s', (from, to, isAllowed) => {
    expect(mayImport(from, to)).toBe(isAllowed);
  });

  test('is kept by every file: parts meet in the domain, and only the wiring knows them all', () => {
    const breaches = source.flatMap(({ path, text }) =>
      importsOf(text).flatMap(({ specifier }) => {
        const target = importedPath(path, specifier);
        if (target === null) return [];
        if (path.startsWith('src/database/') && target.startsWith('migrations/')) return [];
        if (!target.startsWith('src/')) {
          return /\.(?:json|graphql)$/.test(target) ? [] : [`${path} leaves src for ${target}`];
        }
        return mayImport(partOf(path), partOf(target)) ? [] : [`${path} imports ${target}`];
      }),
    );
    expect(breaches).toEqual([]);
  });
});

describe('a package', () => {
  const used = source.flatMap(({ path, text }) =>
    importsOf(text).flatMap(({ specifier, isTypeOnly }) => {
      const name = importedPackage(specifier);
      return name === null ? [] : [{ path, name, isTypeOnly }];
    }),
  );

  test('of a vendor comes in through its door alone', () => {
    const breaches = used
      .filter(({ path, name }) => {
        const doors = DOORS[name];
        return doors !== undefined && !doors.some((door) => path === `src/${door}` || path.startsWith(`src/${door}/`));
      })
      .map(({ path, name }) => `${path} imports ${name}`);
    expect(breaches).toEqual([]);
  });

  test('that has no door named here is used by one part of the house at most', () => {
    const parts = new Map<string, Set<string>>();
    for (const { path, name, isTypeOnly } of used) {
      if (DOORS[name] !== undefined || ANYWHERE.has(name) || isTypeOnly) continue;
      parts.set(name, (parts.get(name) ?? new Set()).add(partOf(path)));
    }
    const shared = [...parts].filter(([, users]) => users.size > 1).map(([name, users]) => [name, ...users].join(' '));
    expect(shared).toEqual([]);
  });

  test('is a dependency in production too, unless only its types are used', () => {
    const missing = used
      .filter(
        ({ name, isTypeOnly }) =>
          !isTypeOnly && dependencies[name] === undefined && optionalDependencies[name] === undefined,
      )
      .map(({ path, name }) => `${path} imports ${name}`);
    expect(missing).toEqual([]);
  });
});

test('the environment is read in config.ts, and in scripts, benchmarks and test support', () => {
  const readers = [...source, ...sourceFiles('test')]
    .filter(({ path }) => path !== 'src/config.ts' && !path.startsWith('test/support/'))
    .filter(({ text }) =>
      /process\s*\.\s*env\b|process\[['"]env['"]\]|\benv\b[^;]*from 'node:process'/.test(withoutComments(text)),
    )
    .map(({ path }) => path);
  expect(readers.filter((path) => path !== 'test/architecture.test.ts')).toEqual([]);
});

test('no file or folder is a drawer for anything: each is named for its idea', () => {
  const drawers = sourceFiles('src', 'test', 'scripts', 'bench', 'migrations')
    .map(({ path }) => path)
    .filter((path) => path.split('/').some((part) => /^(?:utils?|helpers?|common|misc|shared)(?:\.|$)/.test(part)));
  expect(drawers).toEqual([]);
});

test(`every source file has fewer than ${MAXIMUM_LINES} lines`, () => {
  const long = [...source, ...sourceFiles('scripts', 'bench')]
    .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
    .filter(({ lines }) => lines >= MAXIMUM_LINES)
    .map(({ path, lines }) => `${path}: ${lines}`);
  expect(long).toEqual([]);
});

test('every exported function and class of twins, ml and integrations says what it does', () => {
  const silent = source
    .filter(({ path }) => /^src\/(?:twins|ml|integrations)\//.test(path))
    .flatMap(({ path, text }) => undocumentedExports(text).map((name) => `${path}: ${name}`));
  expect(silent).toEqual([]);
});

test('the unit tests mirror src: each lies under a part that exists', () => {
  const parts = new Set(sourceFiles('src').map(({ path }) => path.split('/')[1]));
  const strays = sourceFiles('test/unit')
    .filter(({ path }) => basename(path).endsWith('.test.ts'))
    .filter(({ path }) => {
      const part = path.split('/')[2] ?? '';
      return !parts.has(part) && !parts.has(part.replace(/\.test\.ts$/, '.ts'));
    })
    .map(({ path }) => path);
  expect(strays).toEqual([]);
});

describe('the scanner that these rules rest on', () => {
  test('finds every way to load a file', () => {
    const text = [
      "import type { A } from './a.ts';",
      "import { type B, b } from '../b.ts';",
      "import * as c from 'c';",
      "import './d.ts';",
      "export { e } from '@scope/e/deep';",
      "export type * from './f.ts';",
      'import g, {',
      '  h,',
      "} from 'node:g';",
      "const i = await import('i');",
      "const j = require('j');",
      "const worker = new URL('./k.ts', import.meta.url);",
      "// import { no } from './comment.ts';",
      "/* import { no } from './comment.ts'; */",
    ].join('\n');
    expect(importsOf(text)).toEqual([
      { specifier: './a.ts', isTypeOnly: true },
      { specifier: '../b.ts', isTypeOnly: false },
      { specifier: 'c', isTypeOnly: false },
      { specifier: './d.ts', isTypeOnly: false },
      { specifier: '@scope/e/deep', isTypeOnly: false },
      { specifier: './f.ts', isTypeOnly: true },
      { specifier: 'node:g', isTypeOnly: false },
      { specifier: 'i', isTypeOnly: false },
      { specifier: 'j', isTypeOnly: false },
      { specifier: './k.ts', isTypeOnly: false },
    ]);
  });

  test('tells packages, parts of Node and files apart', () => {
    expect(['@a/b/c.js', 'pg', 'pg/lib/x.js', 'node:fs', './x.ts'].map(importedPackage)).toEqual([
      '@a/b',
      'pg',
      'pg',
      null,
      null,
    ]);
    expect(importedPath('src/a/b.ts', '../c/d.ts')).toBe('src/c/d.ts');
  });

  test('leaves strings that look like comments alone', () => {
    expect(withoutComments("const url = 'http://loinc.org'; // gone\n/* gone */ x")).toBe(
      "const url = 'http://loinc.org'; \n x",
    );
  });

  test('finds exports without a doc comment', () => {
    const text = [
      '/** Documented. */',
      'export function a(): void;',
      'export function a(x?: number): void {}',
      'export async function b() {}',
      'export class C {}',
      'export const d = (x: number): number => x;',
      'export const e: (x: number) => number = (x) => x;',
      '/** Documented. */',
      'export const f = async () => {};',
      'export const LIMIT = 3;',
      'export interface G {}',
      'function private_() {}',
    ].join('\n');
    expect(undocumentedExports(text)).toEqual(['b', 'C', 'd', 'e']);
  });

  test('sees the tree', () => {
    expect(source.length).toBeGreaterThan(20);
    expect(source.map(({ path }) => path)).toContain('src/twins/ports.ts');
  });
});
