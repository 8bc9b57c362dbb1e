-- Version 4: what was done for whom, and when.
create type visit_kind as enum ('inspection', 'repair');

create table visits (
    id bigint generated always as identity primary key,
    member_id bigint not null references members on delete cascade,
    kind visit_kind not null,
    visited_at timestamptz not null default now()
);

create index visits_member on visits (member_id, visited_at);
