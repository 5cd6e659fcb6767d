-- This source file is part of lamassu-cloud.
-- SPDX-License-Identifier: Apache-2.0

-- Writes down an operation that is about to run (level 2, write-ahead).
--
-- $1 source  $2 id  $3 type  $4 subject or NULL  $5 the value before as JSON, or NULL  $6 the context as JSON  $7 time
-- $8 holder
INSERT INTO lamassu_events.intent (source, id, type, subject, previous, context, prepared, holder)
VALUES ($1, $2, $3, $4, $5::json, $6::json, $7, $8::uuid)
ON CONFLICT (source, id) DO UPDATE SET holder = EXCLUDED.holder
