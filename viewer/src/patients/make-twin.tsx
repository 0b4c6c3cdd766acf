import { useState } from 'preact/hooks';
import { ask } from '../api/graphql.ts';
import { CreateTwinDocument } from '../api/operations.ts';
import { Trouble } from '../page/parts.tsx';
import { goTo } from '../page/router.tsx';
import type { Diseases } from './use-patients.ts';

/** A button for each disease that a twin can be made of. */
export function MakeTwin({ patientId, diseases }: { patientId: string; diseases: Diseases }) {
  const [refusal, setRefusal] = useState<string | null>(null);
  const make = async (disease: string): Promise<void> => {
    try {
      const { createDiseaseTwin: made } = await ask(CreateTwinDocument, { input: { patientId, disease } });
      if (made.__typename === 'Refusal') setRefusal(made.message);
      else goTo(`/twins/${made.twin.id}`);
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <span class="make">
      No twin yet.
      {diseases.map(({ id, title }) => (
        <button key={id} type="button" class="quiet" onClick={() => void make(id)}>
          Make one: {title}
        </button>
      ))}
      {refusal !== null && <Trouble message={refusal} />}
    </span>
  );
}
