-- This source file is part of lamassu-cloud.
-- SPDX-License-Identifier: Apache-2.0

-- The broker did not take an event: its lane is given back, and rests. What of the lane it has taken is confirmed before (confirm.sql).
--
-- $1 holder  $2 number  $3 for how long, in seconds
WITH deferred AS (
    SELECT lane FROM lamassu_events.event WHERE number = $2::bigint AND holder = $1::uuid AND state = 'waiting'
)
UPDATE lamassu_events.event
SET holder = NULL,
    rests_until = clock_timestamp() + make_interval(secs => $3::double precision),
    attempts = attempts + (number = $2::bigint)::integer
FROM deferred
WHERE event.lane = deferred.lane AND event.holder = $1::uuid AND event.state = 'waiting'
