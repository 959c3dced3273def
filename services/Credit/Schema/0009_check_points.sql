alter table order_checks
    add column check_point text  not null default 'confirm',
    add column warnings    jsonb not null default '[]';
