import { atOnce } from './at-once.ts';
import { type DiseaseTwin, withStatus } from './disease-twin.ts';
import { forecastAfterNews } from './forecast-after-news.ts';
import { presentationOf } from './image-presentation.ts';
import { keepRegistration } from './keep-registration.ts';
import { type LoadedTwin, loadTwin } from './load-twin.ts';
import type { Actor, JobContext, TwinDependencies } from './ports.ts';
import type { RegistrationVerdict } from './registration.ts';
import { registrationInputHash } from './registration-input-hash.ts';
import { scoreForecasts } from './score-forecasts.ts';
import { summarisePopulation } from './summarise-population.ts';
import { alignedImage } from './usable-image.ts';
import type { Visit } from './visit.ts';
import { type Volume, voxelsOfBytes } from './volume.ts';

/** How many of the oldest images may be tried as the reference before the twin is given up. */
const REFERENCE_CANDIDATES = 3;

/**
 * Aligns a twin's visits to its reference image, learns from them what other twins may use, and settles the twin's
 * status.
 *
 * The reference is the oldest image. When no other visit can be aligned to it, the image itself is suspect (blank,
 * another body part), and the next oldest is tried. Results on record whose inputs did not change are kept.
 */
export async function registerVisits(
  dependencies: TwinDependencies,
  actor: Actor,
  twinId: string,
  context: JobContext,
): Promise<void> {
  const { unitOfWork } = dependencies;
  let loaded = await enterRegistering(dependencies, actor, twinId);
  if (loaded === null) {
    return;
  }
  for (let candidate = 0; candidate < Math.min(REFERENCE_CANDIDATES, loaded.visits.length); candidate++) {
    const reference = currentReference(loaded) ?? loaded.visits[candidate];
    if (reference === undefined) {
      break;
    }
    const verdicts = await registerTo(dependencies, actor, loaded, reference, context);
    loaded = await unitOfWork.run(actor, (stores) => loadTwin(dependencies, stores, twinId, asOfNow(dependencies)));
    if (verdicts.length === 0 || verdicts.some((verdict) => verdict !== 'refused')) {
      break;
    }
    // Nothing fits this reference: forget it, so that the next candidate is tried.
    if (candidate + 1 < Math.min(REFERENCE_CANDIDATES, loaded.visits.length)) {
      loaded = { ...loaded, twin: { ...loaded.twin, referenceEntryId: null } };
    }
  }
  await context.report(0.95, 'Learning from the aligned visits');
  await summarisePopulation(dependencies, actor, loaded, context.signal);
  await scoreForecasts(dependencies, actor, loaded);
  const settled = await settle(dependencies, actor, loaded);
  if (settled?.status === 'READY') {
    await forecastAfterNews(dependencies, actor, loaded);
  }
}

const asOfNow = ({ clock }: Pick<TwinDependencies, 'clock'>) => ({ at: clock.now(), clock: 'recorded' }) as const;

const currentReference = ({ twin, visits }: LoadedTwin): Visit | undefined =>
  visits.find((visit) => visit.imageEntry.id === twin.referenceEntryId);

async function enterRegistering(
  dependencies: TwinDependencies,
  actor: Actor,
  twinId: string,
): Promise<LoadedTwin | null> {
  return dependencies.unitOfWork.run(actor, async (stores) => {
    const twin = await stores.twins.lock(twinId);
    if (twin === null || twin.status === 'RETIRED') {
      return null;
    }
    await stores.twins.save(withStatus(twin, 'REGISTERING'));
    return loadTwin(dependencies, stores, twinId, asOfNow(dependencies));
  });
}

/** Aligns every other visit to `reference`; the verdicts of all of them, fresh or on record. */
async function registerTo(
  dependencies: TwinDependencies,
  actor: Actor,
  { twin, visits, definition }: LoadedTwin,
  reference: Visit,
  context: JobContext,
): Promise<RegistrationVerdict[]> {
  const { unitOfWork, registrar, blobs } = dependencies;
  await unitOfWork.run(actor, async (stores) => {
    const locked = await stores.twins.lock(twin.id);
    if (locked !== null && locked.referenceEntryId !== reference.imageEntry.id) {
      await stores.twins.save({ ...locked, referenceEntryId: reference.imageEntry.id });
    }
  });
  const readVolume = async ({ imageEntry: { body } }: Visit): Promise<Volume> => ({
    ...body.geometry,
    voxels: voxelsOfBytes(await blobs.get(body.voxelsSha256), body.geometry.shape),
  });
  const hashOf = (fixed: Visit, moving: Visit): string =>
    registrationInputHash(fixed.imageEntry.body, moving.imageEntry.body, definition.registration, registrar.version);
  const align = async (
    fixed: Volume,
    visit: Visit,
    signal: AbortSignal,
    onProgress: (share: number) => void,
  ): Promise<RegistrationVerdict> => {
    const presentations = {
      fixed: presentationOf(reference.imageEntry.body),
      moving: presentationOf(visit.imageEntry.body),
    };
    const moving = await readVolume(visit);
    const result = await registrar.register(
      { fixed, moving, plan: definition.registration, presentations },
      signal,
      onProgress,
    );
    await keepRegistration(dependencies, actor, twin, reference, visit, result, hashOf(reference, visit));
    return result.verdict;
  };
  const others = visits.filter((visit) => visit !== reference);
  const isOnRecord = (visit: Visit): boolean => visit.registration?.inputHash === hashOf(reference, visit);
  // Read once for all pairs, and only if one is to be aligned.
  const fixed = others.every(isOnRecord) ? null : await readVolume(reference);
  const shares = others.map(() => 0);
  const tell = async (index: number, share: number): Promise<void> => {
    shares[index] = share;
    const done = shares.reduce((sum, one) => sum + one, 0);
    await context.report((0.9 * done) / others.length, `Aligning images, ${Math.floor(done)} of ${others.length} done`);
  };
  return atOnce(others, registrar.pairsAtOnce, context.signal, async (visit, index, signal) => {
    const verdict =
      fixed === null || isOnRecord(visit)
        ? visit.registration!.verdict
        : await align(fixed, visit, signal, (share) => void tell(index, share).catch(() => undefined));
    await tell(index, 1);
    return verdict;
  });
}

/** READY when enough visits can be used, else INCOMPLETE with what is missing. */
async function settle(
  { unitOfWork }: TwinDependencies,
  actor: Actor,
  { twin, definition, visits }: LoadedTwin,
): Promise<DiseaseTwin | null> {
  const usable = visits.filter((visit) => alignedImage(visit) !== null).length;
  const needed = definition.forecasting.minimumVisits;
  return unitOfWork.run(actor, async (stores) => {
    const locked = await stores.twins.lock(twin.id);
    if (locked === null || locked.status !== 'REGISTERING') {
      return locked;
    }
    const settled =
      usable >= needed
        ? withStatus(locked, 'READY')
        : withStatus(
            locked,
            'INCOMPLETE',
            `A forecast needs ${needed} visits with an aligned image; this twin has ${usable} of ${visits.length}.`,
          );
    await stores.events.append([
      {
        twinId: twin.id,
        type: 'STATUS_CHANGED',
        message: settled.statusReason ?? `Ready: ${usable} of ${visits.length} visits can be used.`,
      },
    ]);
    return stores.twins.save(settled);
  });
}
