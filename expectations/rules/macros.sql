-- Pieces of SQL that several rules share.

-- Whether a figure is one exact number of something that was done: arithmetic can judge no other.
create or replace temp macro is_exact(qualifier, status, value_high) as
    qualifier = 'exact' and status = 'actual' and value_high is null;

-- A count without decimals, as a message prints it.
create or replace temp macro whole_number(number) as cast(cast(number as bigint) as varchar);
