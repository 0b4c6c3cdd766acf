import type { MigrationInterface, QueryRunner } from 'typeorm';

/** In the order in which they can be dropped. */
const TABLES = [
  'job_run',
  'audit_record',
  'twin_event',
  'twin_event_head',
  'population_record',
  'twin_posterior',
  'back_test',
  'forecast',
  'visit_registration',
  'image',
  'timeline_entry',
  'timeline_head',
  'disease_twin',
  'patient_search_term',
  'patient',
];

/** What requests may do, as the role `sequela_app`; whatever is not listed is refused. */
const GRANTS: Readonly<Record<string, string>> = {
  patient: 'select, insert, update',
  patient_search_term: 'select, insert, update, delete',
  disease_twin: 'select, insert, update',
  timeline_head: 'select, insert, update',
  timeline_entry: 'select, insert',
  image: 'select, insert',
  visit_registration: 'select, insert, update',
  forecast: 'select, insert, update',
  back_test: 'select, insert, update',
  twin_posterior: 'select, insert, update',
  population_record: 'select, insert',
  twin_event_head: 'select, insert, update',
  twin_event: 'select, insert',
  audit_record: 'insert',
  job_run: 'select, insert, update',
};

/**
 * Every row belongs to a tenant, in its primary key and in every reference, so that no row can point into another
 * tenant; row level security then hides what is not the current tenant's.
 */
export class CreateRecord1795392000000 implements MigrationInterface {
  readonly name = 'CreateRecord1795392000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      create table patient (
        tenant_id text collate "C" not null,
        id uuid not null default gen_random_uuid(),
        fhir_id text collate "C" not null,
        identifiers jsonb not null,
        family_name text,
        given_names jsonb not null,
        birth_date text,
        gender text,
        deceased_at text,
        is_active boolean not null,
        replaced_by_fhir_id text,
        sort_name text collate "C" not null,
        watermark timestamptz(3),
        synced_at timestamptz(3),
        created_at timestamptz(3) not null,
        updated_at timestamptz(3) not null,
        constraint patient_pk primary key (tenant_id, id),
        constraint patient_fhir_id_key unique (tenant_id, fhir_id)
      );
      create index patient_by_name on patient (tenant_id, sort_name, id);

      create table patient_search_term (
        tenant_id text collate "C" not null,
        term text collate "C" not null,
        patient_id uuid not null,
        sort_name text collate "C" not null,
        constraint patient_search_term_pk primary key (tenant_id, term, patient_id) include (sort_name),
        constraint patient_search_term_patient_fk foreign key (tenant_id, patient_id)
          references patient (tenant_id, id)
      );
      create index patient_search_term_by_patient on patient_search_term (tenant_id, patient_id);

      create table disease_twin (
        tenant_id text collate "C" not null,
        id uuid not null default gen_random_uuid(),
        patient_id uuid not null,
        disease_id text collate "C" not null,
        disease_version text not null,
        model_id text not null,
        status text not null,
        status_reason text,
        reference_entry_id uuid,
        revision integer not null,
        created_at timestamptz(3) not null,
        updated_at timestamptz(3) not null,
        constraint disease_twin_pk primary key (tenant_id, id),
        constraint disease_twin_disease_key unique (tenant_id, patient_id, disease_id),
        constraint disease_twin_patient_fk foreign key (tenant_id, patient_id) references patient (tenant_id, id)
      );
      create index disease_twin_by_age on disease_twin (tenant_id, created_at desc, id desc);
      create index disease_twin_by_disease on disease_twin (tenant_id, disease_id, created_at desc, id desc);

      -- Locked by whoever appends: makes revisions of one patient follow the order of their commits.
      create table timeline_head (
        tenant_id text collate "C" not null,
        patient_id uuid not null,
        revision integer not null,
        recorded_at timestamptz(3),
        constraint timeline_head_pk primary key (tenant_id, patient_id),
        constraint timeline_head_patient_fk foreign key (tenant_id, patient_id) references patient (tenant_id, id)
      );

      create table timeline_entry (
        tenant_id text collate "C" not null,
        id uuid not null default gen_random_uuid(),
        patient_id uuid not null,
        revision integer not null,
        source_system text collate "C" not null,
        source_id text collate "C" not null,
        source_version text collate "C" not null,
        kind text not null,
        occurred_at timestamptz(3) not null,
        occurred_until timestamptz(3) not null,
        issued_at timestamptz(3),
        recorded_at timestamptz(3) not null,
        body jsonb not null,
        constraint timeline_entry_pk primary key (tenant_id, id),
        constraint timeline_entry_revision_key unique (tenant_id, patient_id, revision),
        constraint timeline_entry_version_key unique (tenant_id, patient_id, source_system, source_id, source_version),
        constraint timeline_entry_patient_fk foreign key (tenant_id, patient_id) references patient (tenant_id, id)
      );

      create table image (
        tenant_id text collate "C" not null,
        sha256 text collate "C" not null,
        kind text not null,
        geometry jsonb not null,
        display_range jsonb not null,
        constraint image_pk primary key (tenant_id, sha256)
      );

      create table visit_registration (
        tenant_id text collate "C" not null,
        id uuid not null default gen_random_uuid(),
        twin_id uuid not null,
        entry_id uuid not null,
        reference_entry_id uuid not null,
        verdict text not null,
        reason text,
        method text not null,
        stages jsonb not null,
        transform jsonb not null,
        field jsonb,
        before jsonb,
        after jsonb,
        quality jsonb,
        rejected_deformation jsonb,
        moved_sha256 text collate "C",
        geometry jsonb,
        input_hash text collate "C" not null,
        elapsed_ms double precision not null,
        created_at timestamptz(3) not null,
        constraint visit_registration_pk primary key (tenant_id, id),
        constraint visit_registration_input_key unique (tenant_id, twin_id, entry_id, reference_entry_id, input_hash),
        constraint visit_registration_twin_fk foreign key (tenant_id, twin_id) references disease_twin (tenant_id, id),
        constraint visit_registration_entry_fk foreign key (tenant_id, entry_id)
          references timeline_entry (tenant_id, id),
        constraint visit_registration_reference_fk foreign key (tenant_id, reference_entry_id)
          references timeline_entry (tenant_id, id)
      );
      create index visit_registration_by_field on visit_registration (tenant_id, (field ->> 'sha256'))
        where field is not null;

      create table forecast (
        tenant_id text collate "C" not null,
        id uuid not null default gen_random_uuid(),
        twin_id uuid not null,
        reference_forecast_id uuid,
        name text,
        interventions jsonb not null,
        status text not null,
        status_reason text,
        as_of_at timestamptz(3) not null,
        as_of_clock text not null,
        origin_at timestamptz(3),
        target_at timestamptz(3) not null,
        horizon_days double precision,
        model_id text not null,
        model_version text,
        seed double precision not null,
        input_hash text,
        input_entry_ids jsonb not null,
        image jsonb,
        "values" jsonb not null,
        overlap jsonb,
        dose_responses jsonb not null,
        assumptions jsonb not null,
        elapsed_ms double precision,
        created_at timestamptz(3) not null,
        completed_at timestamptz(3),
        constraint forecast_pk primary key (tenant_id, id),
        constraint forecast_twin_fk foreign key (tenant_id, twin_id) references disease_twin (tenant_id, id),
        constraint forecast_reference_fk foreign key (tenant_id, reference_forecast_id)
          references forecast (tenant_id, id)
      );
      create index forecast_by_twin on forecast (tenant_id, twin_id, created_at desc, id desc);
      create index forecast_by_reference on forecast (tenant_id, reference_forecast_id, created_at, id);

      create table back_test (
        tenant_id text collate "C" not null,
        forecast_id uuid not null,
        twin_id uuid not null,
        scored_at timestamptz(3) not null,
        "values" jsonb not null,
        image jsonb,
        constraint back_test_pk primary key (tenant_id, forecast_id),
        constraint back_test_forecast_fk foreign key (tenant_id, forecast_id) references forecast (tenant_id, id),
        constraint back_test_twin_fk foreign key (tenant_id, twin_id) references disease_twin (tenant_id, id)
      );
      create index back_test_by_twin on back_test (tenant_id, twin_id, scored_at desc, forecast_id);

      create table twin_posterior (
        tenant_id text collate "C" not null,
        twin_id uuid not null,
        model_id text collate "C" not null,
        model_version text not null,
        as_of_at timestamptz(3) not null,
        sha256 text collate "C" not null,
        summary jsonb not null,
        constraint twin_posterior_pk primary key (tenant_id, twin_id, model_id),
        constraint twin_posterior_twin_fk foreign key (tenant_id, twin_id) references disease_twin (tenant_id, id)
      );

      create table population_record (
        tenant_id text collate "C" not null,
        disease_id text collate "C" not null,
        model_id text collate "C" not null,
        twin_id uuid not null,
        seq integer not null,
        known_at timestamptz(3) not null,
        sha256 text collate "C" not null,
        constraint population_record_pk primary key (tenant_id, disease_id, model_id, twin_id, seq),
        constraint population_record_seq_key unique (tenant_id, disease_id, model_id, seq),
        constraint population_record_twin_fk foreign key (tenant_id, twin_id) references disease_twin (tenant_id, id)
      );

      -- Locked by whoever appends: makes the numbers of one twin follow the order of their commits, without gaps.
      create table twin_event_head (
        tenant_id text collate "C" not null,
        twin_id uuid not null,
        seq integer not null,
        constraint twin_event_head_pk primary key (tenant_id, twin_id),
        constraint twin_event_head_twin_fk foreign key (tenant_id, twin_id) references disease_twin (tenant_id, id)
      );

      create table twin_event (
        tenant_id text collate "C" not null,
        twin_id uuid not null,
        seq integer not null,
        type text not null,
        message text not null,
        forecast_id uuid,
        entry_id uuid,
        created_at timestamptz(3) not null,
        constraint twin_event_pk primary key (tenant_id, twin_id, seq),
        constraint twin_event_twin_fk foreign key (tenant_id, twin_id) references disease_twin (tenant_id, id)
      );

      create table audit_record (
        tenant_id text collate "C" not null,
        id uuid not null default gen_random_uuid(),
        user_id text not null,
        action text not null,
        subject_kind text not null,
        subject_id text not null,
        recorded_at timestamptz(3) not null,
        constraint audit_record_pk primary key (tenant_id, id)
      );
      create index audit_record_by_time on audit_record (tenant_id, recorded_at desc);

      create table job_run (
        tenant_id text collate "C" not null,
        id uuid not null default gen_random_uuid(),
        kind text collate "C" not null,
        subject_id uuid not null,
        status text collate "C" not null default 'QUEUED',
        progress double precision not null default 0,
        message text,
        attempt integer not null default 0,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        constraint job_run_pk primary key (tenant_id, id)
      );
      create unique index job_run_queued_key on job_run (tenant_id, kind, subject_id) where status = 'QUEUED';
      create index job_run_by_subject on job_run (tenant_id, subject_id, created_at desc, id);

      create function refuse_change() returns trigger language plpgsql as $$
      begin
        raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
      end $$;

      -- Ids only: a listener reads under its own rights what it missed.
      create function wake_job_listeners() returns trigger language plpgsql as $$
      begin
        perform pg_notify('sequela', json_build_object('tenantId', new.tenant_id, 'kind', 'job', 'id', new.id)::text);
        return null;
      end $$;
      create trigger job_run_wake after insert or update on job_run
        for each row execute function wake_job_listeners();
    `);
    for (const table of ['timeline_entry', 'twin_event', 'audit_record']) {
      await queryRunner.query(`
        create trigger ${table}_append_only before update or delete or truncate on ${table}
          for each statement execute function refuse_change();
      `);
    }
    for (const table of TABLES) {
      await queryRunner.query(`
        alter table ${table} enable row level security;
        alter table ${table} force row level security;
        create policy ${table}_of_tenant on ${table}
          using (tenant_id = current_setting('app.tenant', true))
          with check (tenant_id = current_setting('app.tenant', true));
        grant ${GRANTS[table]} on ${table} to sequela_app;
      `);
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`drop table ${TABLES.join(', ')}`);
    await queryRunner.query('drop function refuse_change(), wake_job_listeners()');
  }
}
