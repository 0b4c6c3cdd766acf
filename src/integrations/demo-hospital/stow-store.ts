import { data, type DicomElements } from 'dcmjs';
import type { ArchivedInstance, DicomArchive } from './dicom-archive.ts';
import { type DicomJson, toDicomJson } from './dicom-json.ts';

/** Failure reasons (PS3.18 table I.2-2 and PS3.4 B.2.3): why an object was not stored. */
const CANNOT_UNDERSTAND = 0xc000;
const NOT_OF_THIS_STUDY = 0xa901;
const DUPLICATE_INSTANCE = 0x0111;
const OUT_OF_RESOURCES = 0xa700;
const MOST_STORED_BYTES = 512 * 1024 * 1024;

/** The answer to a STOW-RS request (PS3.18 10.5.3): 200 all stored, 202 some, 409 none. */
export interface StowAnswer {
  readonly status: 200 | 202 | 409;
  readonly dataset: DicomJson;
}

/** Stores Part 10 objects in memory; they are gone when the process ends. */
export class StowStore {
  readonly #archive: DicomArchive;
  readonly #baseUrl: () => string;
  #storedBytes = 0;

  constructor(archive: DicomArchive, baseUrl: () => string) {
    this.#archive = archive;
    this.#baseUrl = baseUrl;
  }

  /**
   * An object that is already here with the same bytes counts as stored; with other bytes it is refused, because
   * silently keeping the old one would report a lost write as a success.
   * @param studyInstanceUid the only study to accept, or null for any.
   */
  store(parts: readonly Uint8Array[], studyInstanceUid: string | null): StowAnswer {
    const stored: DicomJson[] = [];
    const failed: DicomJson[] = [];
    for (const part of parts) {
      const instance = readInstance(part);
      const reason = instance === null ? CANNOT_UNDERSTAND : this.#refusalOf(instance, part, studyInstanceUid);
      if (instance !== null && reason === null) {
        this.#keep(instance, part);
        stored.push({ ...referenceTo(instance), '00081190': { vr: 'UR', Value: [this.#urlOf(instance)] } });
      } else {
        failed.push({ ...(instance && referenceTo(instance)), '00081197': { vr: 'US', Value: [reason ?? 0] } });
      }
    }
    return {
      status: failed.length === 0 ? 200 : stored.length === 0 ? 409 : 202,
      dataset: {
        ...(failed.length > 0 && { '00081198': { vr: 'SQ', Value: failed } }),
        ...(stored.length > 0 && { '00081199': { vr: 'SQ', Value: stored } }),
      },
    };
  }

  #refusalOf(instance: ArchivedInstance, part: Uint8Array, studyInstanceUid: string | null): number | null {
    if (studyInstanceUid !== null && instance.studyInstanceUid !== studyInstanceUid) {
      return NOT_OF_THIS_STUDY;
    }
    const known = this.#archive.get(instance.sopInstanceUid);
    if (known !== null) {
      return Buffer.compare(known.file(), part) === 0 ? null : DUPLICATE_INSTANCE;
    }
    return this.#storedBytes + part.byteLength > MOST_STORED_BYTES ? OUT_OF_RESOURCES : null;
  }

  #keep(instance: ArchivedInstance, part: Uint8Array): void {
    if (this.#archive.get(instance.sopInstanceUid) === null) {
      this.#archive.add(instance);
      this.#storedBytes += part.byteLength;
    }
  }

  #urlOf({ studyInstanceUid, seriesInstanceUid, sopInstanceUid }: ArchivedInstance): string {
    return `${this.#baseUrl()}/studies/${studyInstanceUid}/series/${seriesInstanceUid}/instances/${sopInstanceUid}`;
  }
}

function readInstance(part: Uint8Array): ArchivedInstance | null {
  // A copy, because the part is a window on the whole request.
  const bytes = Uint8Array.from(part);
  let elements: DicomElements;
  try {
    elements = data.DicomMessage.readFile(bytes.buffer).dict;
  } catch {
    return null;
  }
  const uid = (tag: string): string => {
    const value = elements[tag]?.Value?.[0];
    return typeof value === 'string' ? value : '';
  };
  const [studyInstanceUid, seriesInstanceUid, sopInstanceUid] = [uid('0020000D'), uid('0020000E'), uid('00080018')];
  if (
    [studyInstanceUid, seriesInstanceUid, sopInstanceUid, uid('00080016')].some((one) => !/^[\d.]{1,64}$/.test(one))
  ) {
    return null;
  }
  const header = toDicomJson(elements);
  return { studyInstanceUid, seriesInstanceUid, sopInstanceUid, header: () => header, file: () => bytes };
}

const referenceTo = (instance: ArchivedInstance): DicomJson => ({
  '00081150': { vr: 'UI', Value: instance.header()['00080016']?.Value ?? [] },
  '00081155': { vr: 'UI', Value: [instance.sopInstanceUid] },
});
