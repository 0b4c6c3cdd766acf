import DataLoader from 'dataloader';
import type { BackTest } from '../twins/back-test.ts';
import type { DiseaseTwin } from '../twins/disease-twin.ts';
import type { Forecast } from '../twins/forecast.ts';
import type { JobRun } from '../twins/job.ts';
import type { CataloguedImage, Page } from '../twins/ports.ts';
import type { Patient } from '../twins/patient.ts';
import type { VisitRegistration } from '../twins/registration.ts';
import type { AsOf, TimelineEntry } from '../twins/timeline.ts';
import type { TwinPosterior } from '../twins/twin-posterior.ts';
import type { Read } from './read-session.ts';

/** Every read that a list of parents would repeat, as one statement for all of them. */
export interface Loaders {
  readonly patient: DataLoader<string, Patient | null>;
  readonly twin: DataLoader<string, DiseaseTwin | null>;
  readonly twinsOfPatient: DataLoader<string, readonly DiseaseTwin[]>;
  readonly forecast: DataLoader<string, Forecast | null>;
  readonly forecastsOfTwin: DataLoader<{ readonly twinId: string; readonly first: number }, Page<Forecast>, string>;
  readonly namedScenariosOf: DataLoader<string, readonly Forecast[]>;
  readonly backTest: DataLoader<string, BackTest | null>;
  readonly backTestsOfTwin: DataLoader<
    { readonly twinId: string; readonly first: number },
    readonly BackTest[],
    string
  >;
  readonly posteriorsOfTwin: DataLoader<string, readonly TwinPosterior[]>;
  readonly entry: DataLoader<string, TimelineEntry | null>;
  readonly view: DataLoader<{ readonly patientId: string; readonly asOf: AsOf }, readonly TimelineEntry[], string>;
  readonly registrationsOfTwin: DataLoader<string, readonly VisitRegistration[]>;
  readonly job: DataLoader<string, JobRun | null>;
  readonly jobsOfSubject: DataLoader<string, readonly JobRun[]>;
  readonly image: DataLoader<string, CataloguedImage | null>;
}

/** The longest list of keys that one statement takes. */
const MAX_BATCH = 1000;
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Whether the text can be an id of ours at all; anything else names nothing. */
export const isUuid = (id: string): boolean => UUID.test(id);

/** `cache: false` for a subscription: it lives long, and every event must see what is true by then. */
export function createLoaders(read: Read, { cache }: { readonly cache: boolean }): Loaders {
  const options = { cache, maxBatchSize: MAX_BATCH };

  const byId = <T extends { readonly id: string }>(fetch: (ids: readonly string[]) => Promise<readonly T[]>) =>
    new DataLoader<string, T | null>(async (asked) => {
      const ids = [...new Set(asked.filter(isUuid).map((id) => id.toLowerCase()))];
      const found = new Map((ids.length === 0 ? [] : await fetch(ids)).map((row) => [row.id, row]));
      return asked.map((id) => found.get(id.toLowerCase()) ?? null);
    }, options);

  const listByKey = <T>(fetch: (keys: readonly string[]) => Promise<ReadonlyMap<string, readonly T[]>>) =>
    new DataLoader<string, readonly T[]>(async (asked) => {
      const found = await fetch([...new Set(asked)]);
      return asked.map((key) => found.get(key) ?? []);
    }, options);

  return {
    patient: byId((ids) => read((stores) => stores.patients.byIds(ids))),
    twin: byId((ids) => read((stores) => stores.twins.byIds(ids))),
    twinsOfPatient: listByKey(async (ids) =>
      Map.groupBy(await read((stores) => stores.twins.byPatientIds(ids)), (twin) => twin.patientId),
    ),
    forecast: byId((ids) => read((stores) => stores.forecasts.byIds(ids))),
    forecastsOfTwin: new DataLoader(
      async (asked) => {
        const byFirst = Map.groupBy(asked, ({ first }) => first);
        const pages = new Map<number, ReadonlyMap<string, Page<Forecast>>>();
        await Promise.all(
          [...byFirst].map(async ([first, keys]) => {
            const ids = [...new Set(keys.map(({ twinId }) => twinId))];
            pages.set(first, await read((stores) => stores.forecasts.newestByTwinIds(ids, first)));
          }),
        );
        return asked.map(({ twinId, first }) => pages.get(first)?.get(twinId) ?? { rows: [], hasNextPage: false });
      },
      { ...options, cacheKeyFn: ({ twinId, first }) => `${first} ${twinId}` },
    ),
    namedScenariosOf: listByKey(async (ids) =>
      Map.groupBy(
        await read((stores) => stores.forecasts.namedByReferenceIds(ids)),
        (scenario) => scenario.referenceForecastId ?? '',
      ),
    ),
    backTest: new DataLoader<string, BackTest | null>(async (asked) => {
      const found = await read((stores) => stores.backTests.byForecastIds([...new Set(asked)]));
      return asked.map((id) => found.get(id) ?? null);
    }, options),
    backTestsOfTwin: new DataLoader(
      async (asked) => {
        const first = Math.max(...asked.map((one) => one.first));
        const ids = [...new Set(asked.map(({ twinId }) => twinId))];
        const found = await read((stores) => stores.backTests.newestByTwinIds(ids, first));
        return asked.map((one) => (found.get(one.twinId) ?? []).slice(0, one.first));
      },
      { ...options, cacheKeyFn: ({ twinId, first }) => `${first} ${twinId}` },
    ),
    posteriorsOfTwin: listByKey((ids) => read((stores) => stores.posteriors.byTwinIds(ids))),
    entry: byId((ids) => read((stores) => stores.timeline.byIds(ids))),
    view: new DataLoader(
      async (asked) => {
        const views = new Map<string, ReadonlyMap<string, readonly TimelineEntry[]>>();
        await Promise.all(
          [...Map.groupBy(asked, ({ asOf }) => momentKey(asOf))].map(async ([moment, keys]) => {
            const ids = [...new Set(keys.map(({ patientId }) => patientId))];
            views.set(moment, await read((stores) => stores.timeline.view(ids, keys[0]!.asOf)));
          }),
        );
        return asked.map(({ patientId, asOf }) => views.get(momentKey(asOf))?.get(patientId) ?? []);
      },
      { ...options, cacheKeyFn: ({ patientId, asOf }) => `${momentKey(asOf)} ${patientId}` },
    ),
    registrationsOfTwin: listByKey((ids) => read((stores) => stores.registrations.byTwinIds(ids))),
    job: byId((ids) => read((stores) => stores.jobs.byIds(ids))),
    jobsOfSubject: listByKey((ids) => read((stores) => stores.jobs.newestBySubject(ids))),
    image: new DataLoader<string, CataloguedImage | null>(async (asked) => {
      const images = await read((stores) => stores.images.bySha256([...new Set(asked)]));
      const found = new Map(images.map((image) => [image.sha256, image]));
      return asked.map((sha256) => found.get(sha256) ?? null);
    }, options),
  };
}

const momentKey = (asOf: AsOf): string => `${asOf.clock} ${asOf.at.getTime()}`;
