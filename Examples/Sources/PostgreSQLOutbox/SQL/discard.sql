-- This source file is part of lamassu-cloud.
-- SPDX-License-Identifier: Apache-2.0

-- Forgets a parked event.
--
-- $1 number
DELETE FROM lamassu_events.event WHERE number = $1::bigint AND state = 'parked' RETURNING source, id, type, subject
