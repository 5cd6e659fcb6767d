-- This source file is part of lamassu-cloud.
-- SPDX-License-Identifier: Apache-2.0

-- Forgets an operation: it has failed, or its event is stored in the same transaction.
--
-- $1 source  $2 id
DELETE FROM lamassu_events.intent WHERE source = $1 AND id = $2
