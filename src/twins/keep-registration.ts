import { storeVolume } from './catalogue-image.ts';
import type { DiseaseTwin } from './disease-twin.ts';
import type { Actor, TwinDependencies } from './ports.ts';
import type { RegistrationResult } from './registration.ts';
import type { Visit } from './visit.ts';
import { bytesOfVoxels } from './volume.ts';

/** Puts a result on record, with the picture and the field, unless it is there already. */
export async function keepRegistration(
  { unitOfWork, blobs }: TwinDependencies,
  actor: Actor,
  twin: DiseaseTwin,
  reference: Visit,
  visit: Visit,
  { moved: movedVolume, field: foundField, ...result }: RegistrationResult,
  inputHash: string,
): Promise<void> {
  const moved = movedVolume && (await storeVolume(blobs, movedVolume, 'registered'));
  const field = foundField && {
    sha256: await blobs.put(bytesOfVoxels(foundField.vectorsMm)),
    geometry: foundField.geometry,
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
      ...result,
      twinId: twin.id,
      entryId: visit.imageEntry.id,
      referenceEntryId: reference.imageEntry.id,
      field,
      movedSha256: moved?.sha256 ?? null,
      geometry: moved?.geometry ?? null,
      inputHash,
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
}
