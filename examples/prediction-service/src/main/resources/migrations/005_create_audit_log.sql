-- Who did what, in the transaction that did it. Rows are only ever added.
create table audit_log (
    id varchar(36) primary key,
    at timestamp not null default current_timestamp,
    actor varchar(64) not null,
    action varchar(40) not null,
    subject varchar(64) not null
);

create index audit_log_subject on audit_log (subject, id);
