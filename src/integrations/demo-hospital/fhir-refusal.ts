/** A request that this server refuses, as an OperationOutcome issue. */
export class FhirRefusal extends Error {
  readonly status: number;
  readonly code: 'invalid' | 'not-found' | 'not-supported' | 'conflict' | 'too-long' | 'expired';

  constructor(status: number, code: FhirRefusal['code'], message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}
