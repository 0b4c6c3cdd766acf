import { FaultError } from '../../errors.ts';

/**
 * Of a transaction: a patient's timeline comes before the events of twins. An append locks the timeline and then tells the twins;
 * whoever told a twin first and looked at the timeline then would wait for the append, and the append for the events.
 */
export class LockOrder {
  #hasToldEvents = false;

  reachEvents(): void {
    this.#hasToldEvents = true;
  }

  /** @throws {FaultError} after an event. */
  reachTimeline(): void {
    if (this.#hasToldEvents) {
      throw new FaultError('a transaction that told an event must not read or append to a timeline after it');
    }
  }
}
