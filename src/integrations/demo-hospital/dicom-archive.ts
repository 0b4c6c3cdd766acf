import type { DicomElements } from 'dcmjs';
import type { AdmittedPatient } from './admitted-patient.ts';
import { toDicomJson, type DicomJson } from './dicom-json.ts';
import { mrImageElements, mrImageFile } from './mr-image.ts';

/** One stored object. */
export interface ArchivedInstance {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  /** Header in the DICOM JSON model, without binary values. */
  header(): DicomJson;
  /** The Part 10 file, exactly as it was stored. */
  file(): Uint8Array;
}

/** Rendered volumes kept for the other slices of the same series. */
const MOST_RENDERED = 12;

/** Every object of the PACS, in memory. Synthetic images are made when they are first asked for and are always the same. */
export class DicomArchive {
  readonly #instances = new Map<string, ArchivedInstance>();
  readonly #rendered = new Map<string, Int16Array>();

  /** In the order of their storage. */
  all(): ArchivedInstance[] {
    return [...this.#instances.values()];
  }

  get(sopInstanceUid: string): ArchivedInstance | null {
    return this.#instances.get(sopInstanceUid) ?? null;
  }

  add(instance: ArchivedInstance): void {
    this.#instances.set(instance.sopInstanceUid, instance);
  }

  /** Adds the study of a visit; nothing where no image was taken. */
  addVisit(patient: AdmittedPatient, day: number): void {
    if (!patient.isImaged(day)) {
      return;
    }
    const study = patient.studyOf(day);
    const [slices, rows, columns] = patient.synthetic.imageGeometry.shape;
    for (let slice = 0; slice < slices; slice++) {
      let elements: DicomElements | undefined;
      let header: DicomJson | undefined;
      const read = (): DicomElements => (elements ??= mrImageElements(patient, day, slice));
      this.add({
        studyInstanceUid: study.studyInstanceUid,
        seriesInstanceUid: study.seriesInstanceUid,
        sopInstanceUid: study.sopInstanceUid(slice),
        header: () => (header ??= toDicomJson(read())),
        file: () =>
          mrImageFile(read(), this.#render(patient, day).slice(slice * rows * columns, (slice + 1) * rows * columns)),
      });
    }
  }

  #render(patient: AdmittedPatient, day: number): Int16Array {
    const key = `${patient.identity.mrn}/${day}`;
    const known = this.#rendered.get(key);
    const image = known ?? patient.synthetic.renderVisit(day).voxels;
    // Taken out and put back, so that the least recently used one is the first.
    this.#rendered.delete(key);
    this.#rendered.set(key, image);
    const [oldest] = this.#rendered.keys();
    if (this.#rendered.size > MOST_RENDERED && oldest !== undefined) {
      this.#rendered.delete(oldest);
    }
    return image;
  }
}
