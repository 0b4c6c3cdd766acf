/** `npm run migrate`: brings the schema up to date. `npm run migrate -- down`: takes the newest migration back. */
import path from 'node:path';
import { loadConfig } from '../src/config.ts';
import { connect } from '../src/database/data-source.ts';
import { startEmbeddedPostgres } from '../src/database/embedded-postgres.ts';
import { migrateDown, migrateUp } from '../src/database/migrate.ts';
import { ConfigurationError, FaultError } from '../src/errors.ts';

const [direction = 'up', ...rest] = process.argv.slice(2);
if (rest.length > 0 || (direction !== 'up' && direction !== 'down')) {
  console.error('usage: npm run migrate [-- up | down]');
  process.exit(2);
}
try {
  const { database, dataDirectory } = loadConfig();
  await using resources = new AsyncDisposableStack();
  let { url } = database;
  if (url === null) {
    const directory = path.join(dataDirectory, 'postgresql');
    ({ url } = resources.adopt(await startEmbeddedPostgres({ directory }), (embedded) => embedded.stop()));
  }
  const dataSource = resources.adopt(await connect({ url, poolSize: 2 }), (open) => open.destroy());
  if (direction === 'up') {
    await migrateUp(dataSource, url);
    console.log('The schema is up to date.');
  } else {
    const wasTaken = await migrateDown(dataSource, url);
    console.log(wasTaken ? 'The newest migration was taken back.' : 'There is no migration to take back.');
  }
} catch (error) {
  const isOurs = error instanceof ConfigurationError || error instanceof FaultError;
  console.error(isOurs ? error.message : 'The migration failed.');
  if (!isOurs) {
    console.error(error);
  }
  process.exitCode = 1;
}
