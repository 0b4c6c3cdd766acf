/**
 * `npm run register -- FIXED MOVING --out DIR [options]`: registers two images from files and judges the result;
 * `--calibrate PAIRS` proposes thresholds for the judge. `--help` tells the options and exit codes.
 */
import { ConfigurationError, DomainError } from '../src/errors.ts';
import { createRegistrar } from '../src/ml/registration/registrar.ts';
import { createWorkerThreads } from '../src/ml/worker-threads.ts';
import { progressBar } from './progress-bar.ts';
import { readOptions, USAGE, type RegisterOptions } from './register/options.ts';
import { loadPair } from './register/register-pair.ts';
import { formatRegistration } from './register/report.ts';
import { writeResults } from './register/write-results.ts';

const EXIT = { aligned: 0, fault: 1, usage: 2, refused: 3, interrupted: 130 };

async function register(options: RegisterOptions): Promise<number> {
  const { request, names, hasSpacing, caveats } = await loadPair(options);
  const threads = createWorkerThreads({ threads: 1 });
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort(new DomainError('CANCELLED', 'Interrupted; nothing was written.'));
  process.once('SIGINT', interrupt);
  const show = progressBar();
  try {
    const registrar = createRegistrar({ threads });
    const result = await registrar.register(request, interruption.signal, (fraction) =>
      show('registering', Math.min(fraction, 0.99)),
    );
    show('registering', 1);
    const { moved: _, field, splines: __, ...rest } = result;
    const imageOf = ({ shape, spacingMm }: typeof request.fixed, name: string) => ({
      name,
      shape,
      spacingMm,
      hasSpacing,
    });
    const report = await writeResults(options.out, request, result, {
      ...rest,
      fixed: imageOf(request.fixed, names.fixed),
      moving: imageOf(request.moving, names.moving),
      version: registrar.version,
      plan: request.plan,
      isDeformed: field !== null,
      caveats,
    });
    process.stdout.write(options.isJson ? `${JSON.stringify(report)}\n` : formatRegistration(report));
    return result.verdict === 'refused' ? EXIT.refused : EXIT.aligned;
  } finally {
    process.off('SIGINT', interrupt);
    await threads.close();
  }
}

async function main(): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    console.error(`${error.message}\n\n${USAGE}`);
    return EXIT.usage;
  }
  if (options === 'help') {
    console.log(USAGE);
    return EXIT.aligned;
  }
  try {
    if (options.kind === 'register') return await register(options);
    const { calibrate } = await import('./register/calibrate.ts');
    process.stdout.write(await calibrate(options));
    return EXIT.aligned;
  } catch (error) {
    const isNoFile = error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'EACCES');
    if (!(error instanceof DomainError || error instanceof ConfigurationError || isNoFile)) throw error;
    console.error(error.message);
    return error instanceof DomainError && error.reason === 'CANCELLED' ? EXIT.interrupted : EXIT.fault;
  }
}

process.exitCode = await main();
