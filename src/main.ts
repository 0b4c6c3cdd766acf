/** `npm start`, `npm run api`, `npm run worker`: reads the role, starts it, and stops it on a signal. */
import { parseArgs } from 'node:util';
import { startSequela } from './composition/start-sequela.ts';
import { loadConfig } from './config.ts';
import { ConfigurationError } from './errors.ts';
import { createLogger } from './logger.ts';

const { values } = parseArgs({ options: { role: { type: 'string', default: 'all' } } });
const role = values.role;
if (role !== 'all' && role !== 'api' && role !== 'worker') {
  process.stderr.write('--role must be all, api or worker\n');
  process.exit(2);
}

try {
  const config = loadConfig();
  const logger = createLogger(config.logLevel);
  const sequela = await startSequela({ config, role, logger, importDemoHospital: true });
  process.stdout.write(
    sequela.url === ''
      ? 'Sequela worker is running.\n'
      : `Sequela is running at ${sequela.url} (GraphQL at ${sequela.url}/graphql).\n`,
  );
  let isStopping = false;
  const stop = async (): Promise<void> => {
    if (isStopping) {
      // Asked a second time: whoever asks does not want to wait for the running jobs.
      process.exit(1);
    }
    isStopping = true;
    logger.info('stopping');
    await sequela.close();
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => void stop());
  }
} catch (error) {
  process.stderr.write(`${error instanceof ConfigurationError ? error.message : String(error)}\n`);
  process.exit(1);
}
