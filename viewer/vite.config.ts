import { defineConfig, type Plugin } from 'vite';

/** The text of each operation in one line: the server does not mind. */
const shortOperations: Plugin = {
  name: 'short-operations',
  transform: (code, id) =>
    id.endsWith('/api/operations.ts')
      ? code.replace(/`\s*((?:query|mutation|subscription|fragment) [^`]*)`/g, (_, text: string) =>
          JSON.stringify(text.replace(/\s+/g, ' ').trim()),
        )
      : null,
};

export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  plugins: [shortOperations],
  build: {
    target: 'es2022',
    // The page's policy allows no script in the document and no style but from files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
