-- This source file is part of lamassu-cloud.
-- SPDX-License-Identifier: Apache-2.0

-- Writes down an operation that is about to run (level 2, write-ahead).
--
-- $1 source  $2 id  $3 type  $4 subject or NULL  $5 the value before as JSON, or NULL  $6 time  $7 holder
INSERT INTO lamassu_events.intent (source, id, type, subject, previous, prepared, holder)
VALUES ($1, $2, $3, $4, $5::json, $6, $7::uuid)
ON CONFLICT (source, id) DO UPDATE SET holder = EXCLUDED.holder
