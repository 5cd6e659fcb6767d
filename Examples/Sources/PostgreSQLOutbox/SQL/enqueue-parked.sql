-- This source file is part of lamassu-cloud.
-- SPDX-License-Identifier: Apache-2.0

-- Stores an event that can never be sent as it is, for a person to look at.
--
-- $1 source  $2 id  $3 type  $4 subject or NULL  $5 lane  $6 the CloudEvent as JSON, or NULL  $7 code and $8 text of the error
INSERT INTO lamassu_events.event (source, id, type, subject, lane, state, event, error_code, error_message)
VALUES ($1, $2, $3, $4, $5, 'parked', $6::json, $7, $8)
ON CONFLICT (source, id) DO NOTHING
