import '../styles/patients.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import { ask } from '../api/graphql.ts';
import { ImportPatientDocument } from '../api/operations.ts';
import { Trouble, Waiting } from '../page/parts.tsx';
import { address, goTo } from '../page/router.tsx';
import { useTitle } from '../page/use-title.ts';
import { ImportPatient } from './import-patient.tsx';
import { PatientRows } from './patient-rows.tsx';
import { type Patient, usePatients } from './use-patients.ts';

/** Every patient of the hospital with the twins: who is ready, what is missing, how fresh it is. */
export function PatientsPage() {
  useTitle('Patients');
  // The address changes with the search; the launch does not.
  const [launchedFor] = useState(() => address.get().searchParams.get('patient'));
  const [search, setSearch] = useState(launchedFor ?? address.get().searchParams.get('q') ?? '');
  const { patients, diseases, hasMore, error, more } = usePatients(search);
  useOpenLaunched(launchedFor, patients);
  return (
    <>
      <div class="page-head">
        <h1>Patients</h1>
        <label class="search">
          <span>Search by name, FHIR id or record number</span>
          <input
            type="search"
            value={search}
            maxLength={100}
            placeholder="Name, FHIR id, record number"
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
        </label>
        <ImportPatient />
      </div>
      {error !== null && <Trouble message={error} />}
      {patients === null && error === null && <Waiting what="Reading the patients" />}
      {patients !== null && (
        <table class="patients">
          <caption class="unseen">Patients and their disease twins</caption>
          <thead>
            <tr>
              <th scope="col">Patient</th>
              <th scope="col">Twin</th>
              <th scope="col">Status</th>
              <th scope="col">Missing</th>
              <th scope="col">Last forecast</th>
              <th scope="col">Record read</th>
            </tr>
          </thead>
          <tbody>
            {patients.map((patient) => (
              <PatientRows key={patient.id} patient={patient} diseases={diseases} />
            ))}
          </tbody>
        </table>
      )}
      {patients?.length === 0 && (
        <p class="waiting">
          {search === '' ? 'No patient is known here yet. Import one by FHIR id.' : 'Nobody is found under this.'}
        </p>
      )}
      {patients !== null && patients.length > 0 && (
        <p class="count" role="status">
          {patients.length} {patients.length === 1 ? 'patient' : 'patients'}
          {hasMore ? ' so far' : ''}
          {hasMore && <MoreWhenSeen onSeen={more} />}
        </p>
      )}
    </>
  );
}

function MoreWhenSeen({ onSeen }: { onSeen: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (button.current === null) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting === true && onSeen(), {
      rootMargin: '600px',
    });
    observer.observe(button.current);
    return () => observer.disconnect();
  });
  return (
    <button ref={button} type="button" class="quiet" onClick={onSeen}>
      Show more
    </button>
  );
}

/** An EHR opened this page for a patient: straight to the twin, or to the import where the patient is not known yet. */
function useOpenLaunched(fhirId: string | null, patients: readonly Patient[] | null): void {
  const isDone = useRef(false);
  useEffect(() => {
    if (fhirId === null || patients === null || isDone.current) return;
    isDone.current = true;
    const found = patients.find((patient) => patient.fhirId === fhirId);
    const [twin] = found?.twins ?? [];
    if (twin !== undefined) goTo(`/twins/${twin.id}`, { replace: true });
    else if (found === undefined) void ask(ImportPatientDocument, { fhirId }).catch(() => undefined);
  }, [fhirId, patients]);
}
