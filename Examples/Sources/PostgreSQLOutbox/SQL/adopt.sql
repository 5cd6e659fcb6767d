-- This source file is part of lamassu-cloud.
-- SPDX-License-Identifier: Apache-2.0

-- Takes over operations that a process has left open which is gone, oldest first; each goes to one process.
--
-- $1 holder  $2 how many at most
UPDATE lamassu_events.intent SET holder = $1::uuid
WHERE (source, id) IN (
    SELECT source, id FROM lamassu_events.intent
    WHERE NOT EXISTS (SELECT FROM lamassu_events.holder WHERE holder.id = intent.holder AND holder.expires > clock_timestamp())
    ORDER BY stored
    LIMIT $2::bigint
    FOR UPDATE SKIP LOCKED
)
RETURNING source, id, type, subject, previous, prepared, context
