// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Events, handlers and subscriptions are part of the bus, and so are the clients that it takes: who imports this module has them.
@_exported public import LamassuEvents
@_exported public import SNSClient
@_exported public import SQSClient
