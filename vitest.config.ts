import { defineConfig } from 'vitest/config';

// graphql 16 has no "exports": Vite would load its .mjs while Node loads the CommonJS build, giving two realms of the
// same classes ("Cannot use GraphQLObjectType from another module or realm").
const oneGraphqlRealm = [{ find: /^graphql$/, replacement: 'graphql/index.js' }];

const project = (name: string, include: string[], more: Record<string, unknown> = {}) => ({
  resolve: { alias: oneGraphqlRealm },
  test: { name, include, ...more },
});

export default defineConfig({
  resolve: { alias: oneGraphqlRealm },
  test: {
    // Two cores: more files at once only fight for them and for PostgreSQL.
    maxWorkers: 2,
    projects: [
      project('unit', ['test/unit/**/*.test.ts', 'test/*.test.ts']),
      project('numeric', ['test/numeric/**/*.test.ts'], { testTimeout: 60_000 }),
      project('browser', ['test/browser/**/*.browser.test.ts'], {
        globalSetup: ['test/support/database-cluster.ts'],
        testTimeout: 60_000,
        hookTimeout: 120_000,
        expect: { poll: { timeout: 15_000 } },
      }),
      project('integration', ['test/integration/**/*.int.test.ts'], {
        globalSetup: ['test/support/database-cluster.ts'],
        testTimeout: 60_000,
        hookTimeout: 120_000,
      }),
    ],
  },
});
