import { startDemoHospital, type DemoHospital } from '../../src/integrations/demo-hospital/demo-hospital.ts';
import { simulateDemoCohort } from '../../src/ml/cohorts/demo-cohort.ts';

/** The clock of a demo hospital under test: the day after its last visit. */
export const DEMO_NOW = new Date('2026-06-30T08:00:00Z');

/** Starts the demo hospital as the server does, on a free port and with a fixed clock. */
export const startDemoHospitalForTest = (patients = 24): Promise<DemoHospital> =>
  startDemoHospital({
    seed: 20_260_629,
    cohort: simulateDemoCohort({ seed: 20_260_629, patients }),
    clock: { now: () => DEMO_NOW },
  });
