-- This source file is part of lamassu-cloud.
-- SPDX-License-Identifier: Apache-2.0

-- How much there is: waiting events, the bytes of them, when the oldest was stored (RFC 3339), parked events, operations under way.
SELECT count(*), coalesce(sum(bytes), 0),
    to_char(min(stored) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    (SELECT count(*) FROM lamassu_events.event WHERE state = 'parked'),
    (SELECT count(*) FROM lamassu_events.intent)
FROM lamassu_events.event WHERE state = 'waiting'
