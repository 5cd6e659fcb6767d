// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// The event and the broker's configuration are part of this module's interface: who imports it to publish or to consume has them.
@_exported public import AMQPClient
@_exported public import CloudEvents
