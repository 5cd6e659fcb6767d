-- This source file is part of lamassu-cloud.
-- SPDX-License-Identifier: Apache-2.0

-- Whether there is room for another event: fewer than $1 wait or are about to. Counts no further than that.
SELECT (SELECT count(*) FROM (SELECT FROM lamassu_events.event WHERE state = 'waiting' LIMIT $1::bigint) AS waiting)
    + (SELECT count(*) FROM lamassu_events.intent) < $1::bigint
