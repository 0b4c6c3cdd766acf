import { storeVolume } from './catalogue-image.ts';
import { type DiseaseTwin, withStatus } from './disease-twin.ts';
import { forecastAfterNews } from './forecast-after-news.ts';
import { presentationOf } from './image-presentation.ts';
import { type LoadedTwin, loadTwin } from './load-twin.ts';
import type { Actor, JobContext, TwinDependencies } from './ports.ts';
import type { RegistrationVerdict } from './registration.ts';
import { registrationInputHash } from './registration-input-hash.ts';
import { scoreForecasts } from './score-forecasts.ts';
import { summarisePopulation } from './summarise-population.ts';
import { alignedImage } from './usable-image.ts';
import type { Visit } from './visit.ts';
import { bytesOfVoxels, type Volume, voxelsOfBytes } from './volume.ts';

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

  const others = visits.filter((visit) => visit !== reference);
  const verdicts: RegistrationVerdict[] = [];
  let fixed: Volume | null = null;
  for (const [done, visit] of others.entries()) {
    context.signal.throwIfAborted();
    await context.report((0.9 * done) / others.length, `Aligning image ${done + 1} of ${others.length}`);
    const inputHash = registrationInputHash(
      reference.imageEntry.body,
      visit.imageEntry.body,
      definition.registration,
      registrar.version,
    );
    if (visit.registration?.inputHash === inputHash) {
      verdicts.push(visit.registration.verdict);
      continue;
    }
    fixed ??= await readVolume(reference);
    const moving = await readVolume(visit);
    const presentations = {
      fixed: presentationOf(reference.imageEntry.body),
      moving: presentationOf(visit.imageEntry.body),
    };
    const result = await registrar.register(
      { fixed, moving, plan: definition.registration, presentations },
      context.signal,
    );
    const moved = result.moved && (await storeVolume(blobs, result.moved, 'registered'));
    const field = result.field && {
      sha256: await blobs.put(bytesOfVoxels(result.field.vectorsMm)),
      geometry: result.field.geometry,
    };
    await unitOfWork.run(actor, async (stores) => {
      // Another worker may have been given the same job while this one did not answer: one of them tells.
      await stores.twins.lock(twin.id);
      const settled = (await stores.registrations.byTwinIds([twin.id])).get(twin.id) ?? [];
      if (settled.some(({ entryId, inputHash: known }) => entryId === visit.imageEntry.id && known === inputHash)) {
        return;
      }
      if (moved !== null) {
        await stores.images.add(moved);
      }
      await stores.registrations.save({
        twinId: twin.id,
        entryId: visit.imageEntry.id,
        referenceEntryId: reference.imageEntry.id,
        verdict: result.verdict,
        reason: result.reason,
        method: result.method,
        stages: result.stages,
        transform: result.transform,
        field,
        before: result.before,
        after: result.after,
        quality: result.quality,
        rejectedDeformation: result.rejectedDeformation,
        movedSha256: moved?.sha256 ?? null,
        geometry: moved?.geometry ?? null,
        inputHash,
        elapsedMs: result.elapsedMs,
      });
      await stores.events.append([
        {
          twinId: twin.id,
          type: 'VISIT_REGISTERED',
          message: result.reason ?? 'An image was aligned to the reference.',
          entryId: visit.imageEntry.id,
        },
      ]);
    });
    verdicts.push(result.verdict);
  }
  return verdicts;
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
