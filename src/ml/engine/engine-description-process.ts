import { describeEngine } from './describe-engine.ts';

/** Prints what this machine offers to networks, JSON; see `describe-engine-apart.ts`. */
process.stdout.write(JSON.stringify(await describeEngine()));
