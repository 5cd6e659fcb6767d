-- This source file is part of lamassu-cloud.
-- SPDX-License-Identifier: Apache-2.0

-- Version 2 of the outbox, run once after version 1, in one transaction and by the owner of the tables.

-- In whose name and in which trace an operation runs, for its event should that be made after a crash.
ALTER TABLE lamassu_events.intent ADD COLUMN context json;
UPDATE lamassu_events.version SET version = 2;
