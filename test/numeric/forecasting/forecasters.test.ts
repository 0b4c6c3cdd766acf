import { afterAll, expect, it } from 'vitest';
import { createForecasters } from '../../../src/ml/forecasting/forecasters.ts';
import type { ForecastTask } from '../../../src/ml/forecasting/forecast-task.ts';
import { forecastingMethods } from '../../../src/ml/forecasting/forecasting-methods.ts';
import { createWorkerThreads, type WorkerThreads } from '../../../src/ml/worker-threads.ts';
import { forecastInputOf, QUIET_WORLD, range, simulateHistory } from '../../support/change-world.ts';

const real = createWorkerThreads({ threads: 2 });
afterAll(() => real.close());
const asked: ForecastTask['kind'][] = [];
const threads: WorkerThreads = {
  ...real,
  run(task, payload, options) {
    asked.push((payload as ForecastTask).kind);
    return real.run(task, payload, options);
  },
};
const { signal } = new AbortController();
const times = (kind: ForecastTask['kind']): number => asked.filter((one) => one === kind).length;

it('learns once from the same others, whoever asks, and the answers are those of learning each time', async () => {
  const world = { ...QUIET_WORLD, noise: 0.01 };
  const forecasters = createForecasters({ threads });
  const personal = forecasters.get('personal')!;
  const method = forecastingMethods.get('personal')!;
  const population = range(12).flatMap((seed) => method.summarise(simulateHistory(world, seed + 1)) ?? []);
  const inputs = range(4).map((index) =>
    forecastInputOf(simulateHistory(world, 90 + index), { horizonDays: 30 + index, dose: 4, population }),
  );
  const answers = await Promise.all(inputs.map((input) => personal.forecast(input, signal)));
  answers.forEach((answer, index) => expect(answer).toStrictEqual(method.forecast(inputs[index]!)));
  expect(times('learn-others')).toBe(1);
  await personal.forecast({ ...inputs[0]!, population: population.slice(1) }, signal);
  await personal.forecast({ ...inputs[0]!, populationAsOfMs: 1e14 }, signal);
  expect(times('learn-others')).toBe(3);
});

it('looks at a history once for all models', async () => {
  const history = simulateHistory(QUIET_WORLD, 5);
  for (const [modelId, forecaster] of createForecasters({ threads })) {
    expect(await forecaster.summarise(history, signal)).toStrictEqual(
      forecastingMethods.get(modelId)!.summarise(history),
    );
  }
  expect(times('summarise')).toBe(1);
});
