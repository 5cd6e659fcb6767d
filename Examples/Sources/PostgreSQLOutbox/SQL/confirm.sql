-- This source file is part of lamassu-cloud.
-- SPDX-License-Identifier: Apache-2.0

-- The broker has these events.
--
-- $1 holder  $2 the numbers, as an array
UPDATE lamassu_events.event SET state = 'sent', sent = clock_timestamp(), holder = NULL
WHERE number = ANY ($2::bigint[]) AND holder = $1::uuid AND state = 'waiting'
