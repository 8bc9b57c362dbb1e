delete from flowers;
