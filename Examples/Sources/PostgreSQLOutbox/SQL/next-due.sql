-- This source file is part of lamassu-cloud.
-- SPDX-License-Identifier: Apache-2.0

-- In how many seconds the first lane comes free that is not now: its rest ends, or the time of a process that may be gone.
--
-- $1 holder
WITH RECURSIVE head AS (
    (SELECT lane, number FROM lamassu_events.event WHERE state = 'waiting' ORDER BY lane, number LIMIT 1)
    UNION ALL
    SELECT following.lane, following.number
    FROM head CROSS JOIN LATERAL (
        SELECT lane, number FROM lamassu_events.event
        WHERE event.state = 'waiting' AND event.lane > head.lane
        ORDER BY lane, number
        LIMIT 1
    ) AS following
)
SELECT extract(epoch FROM min(greatest(event.rests_until, holder.expires)) - clock_timestamp())
FROM head JOIN lamassu_events.event USING (number)
LEFT JOIN lamassu_events.holder ON holder.id = event.holder AND holder.expires > clock_timestamp()
WHERE event.holder IS DISTINCT FROM $1::uuid AND greatest(event.rests_until, holder.expires) > clock_timestamp()
