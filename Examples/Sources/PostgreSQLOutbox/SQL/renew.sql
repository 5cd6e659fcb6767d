-- This source file is part of lamassu-cloud.
-- SPDX-License-Identifier: Apache-2.0

-- Gives a sign of life, which holds for everything that the process has taken.
--
-- $1 holder  $2 for how long, in seconds
INSERT INTO lamassu_events.holder (id, expires)
VALUES ($1::uuid, clock_timestamp() + make_interval(secs => $2::double precision))
ON CONFLICT (id) DO UPDATE SET expires = EXCLUDED.expires
