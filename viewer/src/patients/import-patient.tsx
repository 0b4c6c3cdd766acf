import { useState } from 'preact/hooks';
import { ask } from '../api/graphql.ts';
import { ImportPatientDocument } from '../api/operations.ts';

/** Makes a patient of the health record known here. */
export function ImportPatient() {
  const [said, setSaid] = useState<string | null>(null);
  const importIt = async (form: HTMLFormElement): Promise<void> => {
    const written = new FormData(form).get('fhirId');
    const fhirId = typeof written === 'string' ? written.trim() : '';
    try {
      const { importPatient: imported } = await ask(ImportPatientDocument, { fhirId });
      setSaid(imported.__typename === 'Refusal' ? imported.message : 'Imported.');
      if (imported.__typename !== 'Refusal') form.reset();
    } catch (error) {
      setSaid(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <form
      class="import"
      onSubmit={(event) => {
        event.preventDefault();
        void importIt(event.currentTarget);
      }}
    >
      <label>
        <span>Import from the health record</span>
        <input name="fhirId" required maxLength={64} placeholder="FHIR id" />
      </label>
      <button type="submit">Import</button>
      {said !== null && <small role="status">{said}</small>}
    </form>
  );
}
