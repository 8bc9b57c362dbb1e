-- The labelled samples that a prediction compares with. Lengths and widths in centimetres.
create table flowers (
    id int primary key,
    sepal_length double precision not null,
    sepal_width double precision not null,
    petal_length double precision not null,
    petal_width double precision not null,
    species varchar(20) not null
);
