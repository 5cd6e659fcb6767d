-- This source file is part of lamassu-cloud.
-- SPDX-License-Identifier: Apache-2.0

-- Gives back everything that a process has taken, as if it had never been given out.
--
-- $1 holder
UPDATE lamassu_events.event SET holder = NULL WHERE holder = $1::uuid AND state = 'waiting'
