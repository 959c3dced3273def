-- Nobody need choose the accounting date of a run: then each rest is posted on the day it is written off.
alter table write_off_runs alter column posting_date drop not null;
