import { assembleClinicalCourse, type ClinicalCourse, startingAt } from './clinical-course.ts';
import { loadTwin } from './load-twin.ts';
import type { Actor, TwinDependencies } from './ports.ts';

/** What is known of one twin's patient, without identity or dates. */
export interface ExportedCourse {
  /** Says which twin, and nothing of whom. */
  readonly twinId: string;
  /** Day 0 is the first measurement. */
  readonly course: ClinicalCourse;
}

const TWINS_PER_PAGE = 50;

/**
 * The courses of all twins of a disease that the actor's tenant has, as known now, for research without the server. The audit log
 * says that they were taken. A twin without any measurement is left out.
 */
export async function* exportCohort(
  dependencies: Pick<TwinDependencies, 'unitOfWork' | 'diseases' | 'units' | 'clock'>,
  actor: Actor,
  diseaseId: string,
): AsyncGenerator<ExportedCourse> {
  const { unitOfWork, units, clock } = dependencies;
  await unitOfWork.run(actor, (stores) =>
    stores.audit.record({ action: 'EXPORT_COHORT', subjectKind: 'disease', subjectId: diseaseId }),
  );
  const now = clock.now();
  let after: string | null = null;
  do {
    const page = await unitOfWork.run(actor, (stores) =>
      stores.twins.page({ first: TWINS_PER_PAGE, after }, { diseaseId, statuses: null, patientId: null }),
    );
    for (const { node: twin } of page.rows) {
      const { definition, entries, visits } = await unitOfWork.run(actor, (stores) =>
        loadTwin(dependencies, stores, twin.id, { at: now, clock: 'recorded' }),
      );
      const { course } = assembleClinicalCourse({
        definition,
        entries,
        statics: visits.at(-1)?.statics ?? {},
        dayZero: visits.at(-1)?.occurredAt ?? now,
        measuredUntil: now,
        dosesUntil: now,
        clock: 'recorded',
        convert: units,
      });
      const first = course.measurements[0]?.day;
      if (first !== undefined) yield { twinId: twin.id, course: startingAt(course, first) };
    }
    after = page.hasNextPage ? page.rows.at(-1)!.cursor : null;
  } while (after !== null);
}
