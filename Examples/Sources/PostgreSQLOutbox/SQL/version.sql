-- This source file is part of lamassu-cloud.
-- SPDX-License-Identifier: Apache-2.0

-- The version of the tables; fails where there are none.
SELECT version FROM lamassu_events.version
