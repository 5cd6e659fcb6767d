-- This source file is part of lamassu-cloud.
-- SPDX-License-Identifier: Apache-2.0

-- An event can never be sent as it is.
--
-- $1 holder  $2 number  $3 code and $4 text of the error
UPDATE lamassu_events.event SET state = 'parked', holder = NULL, error_code = $3, error_message = $4
WHERE number = $2::bigint AND holder = $1::uuid AND state = 'waiting'
