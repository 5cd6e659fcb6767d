-- This source file is part of lamassu-cloud.
-- SPDX-License-Identifier: Apache-2.0

-- Forgets what is not needed any more: events that were sent, counts of lanes that have had no event for as long, and processes that
-- are gone. A lane that is used again begins a new count, which shows in the first part of the sequence.
--
-- $1 for how long they are kept, in seconds
WITH sent AS (
    DELETE FROM lamassu_events.event
    WHERE state = 'sent' AND sent < clock_timestamp() - make_interval(secs => $1::double precision)
),
idle AS (
    DELETE FROM lamassu_events.sequence
    WHERE lane IN (
        SELECT lane FROM lamassu_events.sequence
        WHERE used < clock_timestamp() - make_interval(secs => $1::double precision)
        FOR UPDATE SKIP LOCKED
    )
)
DELETE FROM lamassu_events.holder WHERE expires < clock_timestamp() - make_interval(secs => $1::double precision)
