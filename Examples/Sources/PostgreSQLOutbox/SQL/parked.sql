-- This source file is part of lamassu-cloud.
-- SPDX-License-Identifier: Apache-2.0

-- The parked events, oldest first.
--
-- $1 how many at most
SELECT number, source, id, type, subject, error_code, error_message
FROM lamassu_events.event WHERE state = 'parked' ORDER BY number LIMIT $1::bigint
