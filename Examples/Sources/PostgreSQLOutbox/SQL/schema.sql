-- This source file is part of lamassu-cloud.
-- SPDX-License-Identifier: Apache-2.0

-- Version 1 of the outbox, in a schema of its own beside the host's tables. It is run once, in one transaction, by a role that may create
-- schemas; the services need USAGE on the schema and SELECT, INSERT, UPDATE and DELETE on its tables, and nothing else.

CREATE SCHEMA lamassu_events;

-- The version, in a table that every release can read. A later version comes as a script of its own, which ends by setting it.
CREATE TABLE lamassu_events.version (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    version integer NOT NULL
);
INSERT INTO lamassu_events.version (version) VALUES (1);

-- The processes that relay events, and until when each is taken for alive without another sign of life. What one of them holds is
-- free once that time is over.
CREATE TABLE lamassu_events.holder (
    id uuid PRIMARY KEY,
    expires timestamptz NOT NULL
);

-- How many events each lane has had. A lane is the subject of an event, or what stands for it where there is none: its source, a
-- space, and its type. Whoever stores an event holds the row until the end of the transaction, so that numbers follow the order of commits.
CREATE TABLE lamassu_events.sequence (
    lane text PRIMARY KEY,
    start bigint NOT NULL,
    count bigint NOT NULL,
    used timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sequence_used ON lamassu_events.sequence (used);

-- The events. Waiting: to be sent, oldest of each lane first. Parked: can never be sent as it is, and waits for a person. Sent: the broker
-- has it; it is kept for a while, so that storing it again stores nothing.
CREATE TABLE lamassu_events.event (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    id text NOT NULL,
    type text NOT NULL,
    subject text,
    lane text NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'parked', 'sent')),
    -- The value of the extension sequence, and the CloudEvent without it; none of a parked event that was never made.
    sequence text,
    event json,
    bytes integer GENERATED ALWAYS AS (octet_length(event::text)) STORED,
    stored timestamptz NOT NULL DEFAULT clock_timestamp(),
    attempts integer NOT NULL DEFAULT 0,
    -- Who has it out to be sent, and until when it rests after an attempt that failed.
    holder uuid,
    rests_until timestamptz,
    error_code text,
    error_message text,
    sent timestamptz,
    UNIQUE (source, id),
    CHECK (state <> 'waiting' OR (event IS NOT NULL AND sequence IS NOT NULL)),
    CHECK (state <> 'parked' OR error_code IS NOT NULL)
);
CREATE INDEX event_waiting ON lamassu_events.event (lane, number) WHERE state = 'waiting';
CREATE INDEX event_parked ON lamassu_events.event (number) WHERE state = 'parked';
CREATE INDEX event_sent ON lamassu_events.event (sent) WHERE state = 'sent';

-- The operations under way, for hosts that cannot store the event in the transaction of the update itself (level 2, write-ahead).
CREATE TABLE lamassu_events.intent (
    source text NOT NULL,
    id text NOT NULL,
    type text NOT NULL,
    subject text,
    previous json,
    prepared text NOT NULL,
    holder uuid NOT NULL,
    stored timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (source, id)
);
