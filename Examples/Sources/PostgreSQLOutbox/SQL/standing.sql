-- This source file is part of lamassu-cloud.
-- SPDX-License-Identifier: Apache-2.0

-- How an event stands that was stored, now or earlier: waiting, parked or sent.
--
-- $1 source  $2 id
SELECT state FROM lamassu_events.event WHERE source = $1 AND id = $2
