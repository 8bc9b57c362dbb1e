-- Which model made a prediction. Three steps that are committed apart, so that no lock outlives its step.
alter table predictions add column model varchar(40) not null default 'nearest-5';
commit;
-- Stands for filling in many rows.
select pg_sleep(BACKFILL_SECONDS);
commit;
create index concurrently predictions_model on predictions (model, id);
