-- This source file is part of lamassu-cloud.
-- SPDX-License-Identifier: Apache-2.0

-- Leases lanes that have events to be sent, and gives out their oldest events. The process must have given a sign of life (renew.sql).
--
-- A lane belongs to whoever has its first waiting event, its head: a lane whose head is held by a process that is alive, or rests, is
-- passed over. Two processes that look at the same time do not wait for each other, because a head that the other has locked is skipped.
--
-- It goes from lane to lane in the order of their names, one step in the index for each, and stops when it has enough. Begin with the
-- lane at which the last claim has stopped, and go round, so that none is left out.
--
-- $1 holder  $2 how many events at most  $3 how many of one lane at most  $4 the lane after which to begin; empty for the first
WITH RECURSIVE head AS (
    (
        SELECT lane, number FROM lamassu_events.event
        WHERE state = 'waiting' AND lane > $4
        ORDER BY lane, number
        LIMIT 1
    )
    UNION ALL
    SELECT following.lane, following.number
    FROM head CROSS JOIN LATERAL (
        SELECT lane, number FROM lamassu_events.event
        WHERE event.state = 'waiting' AND event.lane > head.lane
        ORDER BY lane, number
        LIMIT 1
    ) AS following
),
free AS (
    SELECT event.lane
    FROM head JOIN lamassu_events.event USING (number)
    WHERE event.state = 'waiting'
        AND (event.rests_until IS NULL OR event.rests_until <= clock_timestamp())
        AND NOT EXISTS (SELECT FROM lamassu_events.holder WHERE holder.id = event.holder AND holder.expires > clock_timestamp())
    LIMIT $2::bigint
    FOR UPDATE OF event SKIP LOCKED
),
chosen AS (
    SELECT line.number
    FROM free CROSS JOIN LATERAL (
        SELECT number FROM lamassu_events.event
        WHERE event.lane = free.lane AND event.state = 'waiting'
        ORDER BY number
        LIMIT $3::bigint
    ) AS line
    LIMIT $2::bigint
)
UPDATE lamassu_events.event SET holder = $1::uuid, rests_until = NULL
FROM chosen
WHERE event.number = chosen.number
RETURNING event.number, event.lane, event.attempts, event.sequence, event.event
