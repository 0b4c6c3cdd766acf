// dcmjs ships no types: only what this project uses is declared.
declare module 'dcmjs' {
  /** One data element as dcmjs keeps it: sequences hold nested element maps, binary VRs hold ArrayBuffers. */
  export interface DicomElement {
    readonly vr: string;
    readonly Value?: readonly unknown[];
  }

  /** Elements by tag, eight upper-case hexadecimal digits. */
  export type DicomElements = Record<string, DicomElement>;

  /** Elements by keyword. `_vrMap` chooses among several VRs, e.g. `{ PixelData: 'OW' }`. */
  export type NaturalDataset = Record<string, unknown>;

  export class DicomDict {
    constructor(meta: DicomElements);
    meta: DicomElements;
    dict: DicomElements;
    write(options?: { fragmentMultiframe?: boolean; allowInvalidVRLength?: boolean }): ArrayBuffer;
  }

  export const data: {
    readonly DicomDict: typeof DicomDict;
    readonly DicomMessage: {
      readFile(buffer: ArrayBuffer, options?: { ignoreErrors?: boolean; noCopy?: boolean }): DicomDict;
    };
    readonly DicomMetaDictionary: {
      readonly nameMap: Readonly<Record<string, { readonly tag: string } | undefined>>;
      naturalizeDataset(elements: DicomElements): NaturalDataset;
      denaturalizeDataset(dataset: NaturalDataset): DicomElements;
    };
  };

  export const log: {
    warn: (...values: unknown[]) => void;
    getLogger(name: string): { setLevel(level: 'silent' | 'error' | 'warn' | 'info'): void };
  };
}
