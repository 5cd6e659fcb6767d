-- This source file is part of lamassu-cloud.
-- SPDX-License-Identifier: Apache-2.0

-- Stores an event, in whatever transaction is open: that of the host's own update (level 1, transactional). An event that is there
-- already, by source and id, changes nothing.
--
-- It locks the lane until the end of the transaction: make it the last statement, and store events of several lanes in the order of
-- their names, or two transactions may wait for each other (which PostgreSQL ends with an error for one of them).
--
-- $1 source  $2 id  $3 type  $4 subject or NULL  $5 lane  $6 the CloudEvent as JSON
WITH numbered AS (
    INSERT INTO lamassu_events.sequence AS present (lane, start, count)
    SELECT $5, (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 1
    WHERE NOT EXISTS (SELECT FROM lamassu_events.event WHERE source = $1 AND id = $2)
    ON CONFLICT (lane) DO UPDATE SET count = present.count + 1, used = now()
    RETURNING start, count
)
INSERT INTO lamassu_events.event (source, id, type, subject, lane, sequence, event)
SELECT $1, $2, $3, $4, $5, lpad(start::text, 13, '0') || '.' || lpad(count::text, 10, '0'), $6::json
FROM numbered
ON CONFLICT (source, id) DO NOTHING
