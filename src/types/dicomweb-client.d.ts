// The library's own types need the DOM, demand options that its code does without, and call promises arrays.
declare module 'dicomweb-client' {
  interface RequestOptions {
    readonly request: { readonly instance: object };
  }
  interface SearchOptions extends RequestOptions {
    readonly studyInstanceUID?: string;
    readonly seriesInstanceUID?: string;
  }

  class DICOMwebClient {
    constructor(options: { url: string; verbose: boolean; singlepart: boolean });
    searchForStudies(options: SearchOptions): Promise<unknown>;
    searchForSeries(options: SearchOptions): Promise<unknown>;
    searchForInstances(options: SearchOptions): Promise<unknown>;
    retrieveInstance(
      options: RequestOptions & {
        readonly studyInstanceUID: string;
        readonly seriesInstanceUID: string;
        readonly sopInstanceUID: string;
      },
    ): Promise<unknown>;
    storeInstances(options: RequestOptions & { readonly datasets: readonly ArrayBuffer[] }): Promise<unknown>;
  }

  export const api: { readonly DICOMwebClient: typeof DICOMwebClient };
}
