create or replace view public.cheap as select * from public.item where amount < 2;
