/** Stands for "nothing is known to be complete yet"; a pull from it reads everything. */
const BEGINNING = new Date(0);

/**
 * From when the next pull must read, on the server's clock alone.
 *
 * READ BEFORE CHANGING: a watermark that is too late loses what was committed before it, for good; one that is too early
 * costs a repeated read. So it moves only to a `meta.lastUpdated` that the server itself stamped, never beyond the server's
 * clock when the pull began (what changed during the pull may have been passed already), and not at all where any part
 * of the pull did not come to its end, or the server tells no time.
 */
export class PullWatermark {
  readonly #since: Date;
  #beganAt: Date | null = null;
  #newestSeen: Date | null = null;
  #isComplete = true;

  constructor(since: Date | null) {
    this.#since = since ?? BEGINNING;
  }

  /** The server's clock, as each answer tells it; the first one counts. */
  sawServerTime(at: Date | null): void {
    this.#beganAt ??= at;
  }

  sawResource(lastUpdated: Date | null): void {
    if (lastUpdated !== null && (this.#newestSeen === null || lastUpdated > this.#newestSeen)) {
      this.#newestSeen = lastUpdated;
    }
  }

  /** Part of the record was not read; the next pull must begin where this one did. */
  leaveIncomplete(): void {
    this.#isComplete = false;
  }

  get value(): Date {
    if (!this.#isComplete || this.#beganAt === null || this.#newestSeen === null) return this.#since;
    const reached = Math.min(this.#beganAt.getTime(), this.#newestSeen.getTime());
    return new Date(Math.max(this.#since.getTime(), reached));
  }
}
