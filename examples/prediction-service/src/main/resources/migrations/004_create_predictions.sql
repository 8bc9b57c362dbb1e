create table predictions (
    id varchar(36) primary key,
    user_id varchar(36) references users (id) on delete set null,
    sepal_length double precision not null,
    sepal_width double precision not null,
    petal_length double precision not null,
    petal_width double precision not null,
    species varchar(20) not null,
    votes int not null,
    neighbours int not null,
    created_at timestamp not null default current_timestamp
);

-- Serves the foreign key, too: without it, deleting a user would read the whole table.
create index predictions_user on predictions (user_id, id);
