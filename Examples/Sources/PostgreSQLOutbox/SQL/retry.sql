-- This source file is part of lamassu-cloud.
-- SPDX-License-Identifier: Apache-2.0

-- Puts a parked event back in line, behind what its lane has waiting; one that was never numbered gets its number now.
--
-- $1 number
WITH parked AS (
    SELECT number, lane, sequence FROM lamassu_events.event
    WHERE number = $1::bigint AND state = 'parked' AND event IS NOT NULL
    FOR UPDATE
),
numbered AS (
    INSERT INTO lamassu_events.sequence AS present (lane, start, count)
    SELECT lane, (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 1 FROM parked WHERE sequence IS NULL
    ON CONFLICT (lane) DO UPDATE SET count = present.count + 1, used = now()
    RETURNING lpad(start::text, 13, '0') || '.' || lpad(count::text, 10, '0') AS sequence
)
UPDATE lamassu_events.event
SET number = DEFAULT, state = 'waiting', sequence = coalesce(parked.sequence, (SELECT sequence FROM numbered)),
    error_code = NULL, error_message = NULL, rests_until = NULL
FROM parked
WHERE event.number = parked.number
RETURNING event.number
